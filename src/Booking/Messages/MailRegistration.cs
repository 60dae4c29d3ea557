using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Booking.Messages;

/// <summary>Registers the mailer that the settings ask for.</summary>
internal static class MailRegistration
{
    public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MailOptions>().BindConfiguration("Mail").ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        if (string.IsNullOrEmpty(configuration["Mail:Host"]))
        {
            services.AddSingleton<PickupMailer>();
            services.AddSingleton<IMailer>(p => p.GetRequiredService<PickupMailer>());
        }
        else
        {
            services.AddSingleton<IMailer, SmtpMailer>();
        }

        return services;
    }
}
