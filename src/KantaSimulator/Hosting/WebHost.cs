using KantaSimulator.Archive;
using KantaSimulator.Faults;
using KantaSimulator.Web;

namespace KantaSimulator.Hosting;

/// <summary>The port for people and tests: plain HTTP, on loopback unless told otherwise.</summary>
internal static class WebHost
{
    public static WebApplication Build(SimulatorOptions options, ArchiveService archive, FaultBoard board, Func<(Uri Mr, Uri Fhir)> addresses)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Bind, options.WebPort);
        });
        var app = builder.Build();
        new ArchiveApi(options, archive).Map(app);
        new FaultApi(board).Map(app);
        new DocumentPages(archive).Map(app);
        new MessagePages(archive).Map(app);
        new AppointmentPages(archive).Map(app);
        new FaultPage(board).Map(app);
        new GuidePage(options, addresses).Map(app);
        app.MapFallback(Layout.NotFoundAsync);
        return app;
    }
}
