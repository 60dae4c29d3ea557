using System.Text.Encodings.Web;
using System.Text.Unicode;
using Booking.Texts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;

namespace Booking.Ui;

/// <summary>Razor Pages with our texts, tag helpers, validation messages and lower-case addresses.</summary>
internal static class UiRegistration
{
    public static IServiceCollection AddUi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<TextCatalogue>();
        services.AddSingleton(s => new Translator(s.GetRequiredService<TextCatalogue>()));
        services.AddSingleton<IPostConfigureOptions<MvcOptions>, ValidationTexts>();
        services.AddSingleton<TextLocalizer>();
        services.TryAddScoped(_ => new SiteInfo(configuration["Practice:Name"] ?? "CareRecords", configuration["Practice:Environment"] ?? "Simulated"));
        services.AddHttpContextAccessor();
        services.TryAddScoped<Booking.SignIn.SignedInPerson>();
        services.AddLocalization();
        services.AddRazorPages().AddDataAnnotationsLocalization();
        services.AddOptions<Microsoft.AspNetCore.Mvc.DataAnnotations.MvcDataAnnotationsLocalizationOptions>()
            .Configure<TextLocalizer>((options, localizer) => options.DataAnnotationLocalizerProvider = (_, _) => localizer);
        // The default encoder would write every ä as a numeric reference.
        services.Configure<WebEncoderOptions>(o => o.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.Configure<RouteOptions>(o => o.LowercaseUrls = true);
        return services;
    }
}
