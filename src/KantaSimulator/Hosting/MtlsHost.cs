using KantaSimulator.Faults;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace KantaSimulator.Hosting;

/// <summary>The port that connectors speak to: HTTP/1.1 over mutual TLS, under the fault board from the socket up.</summary>
internal static class MtlsHost
{
    public static WebApplication Build(SimulatorOptions options, FaultBoard board, FaultyTls tls, Action<IEndpointRouteBuilder> map)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        // Kestrel reports every connection that a fault breaks on purpose.
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(options.Bind, options.MtlsPort, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(tls.Callback);
                listen.Use(RawConnection.Attach);
            });
        });
        builder.WebHost.UseKestrelHttpsConfiguration();

        // The last registered listener factory is the one that Kestrel asks first.
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new FaultyListenerFactory(board, services.GetRequiredService<ILoggerFactory>()));
        var app = builder.Build();
        map(app);
        return app;
    }
}
