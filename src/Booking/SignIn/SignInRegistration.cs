using CareRecords.Database;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Booking.SignIn;

/// <summary>Registers accounts (for verbs too) and, for the running application, cookies, policies and antiforgery.</summary>
internal static class SignInRegistration
{
    public const string InvitationProvider = "invitation";

    /// <summary>OWASP's figure for PBKDF2 with SHA-512.</summary>
    public const int HashIterations = 210_000;

    /// <summary>Accounts and their use cases, without web.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton(ModuleMigrations.For<IdentityContext>(IdentityContext.Schema, 20, o => new IdentityContext(o)));
        services.AddScoped(s => new IdentityContext(
            new DbContextOptionsBuilder<IdentityContext>().UseNpgsql(s.GetRequiredService<NpgsqlDataSource>()).Options,
            s.GetRequiredService<IDataProtectionProvider>()));
        services.AddOptions<SignInOptions>().BindConfiguration("SignIn").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<KeyedNormalizer>().AddSingleton<ILookupNormalizer>(s => s.GetRequiredService<KeyedNormalizer>());
        services.AddIdentityCore<Account>(options =>
        {
            options.User.RequireUniqueEmail = true;
            options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
        })
            .AddEntityFrameworkStores<IdentityContext>()
            .AddTokenProvider<DataProtectorTokenProvider<Account>>(InvitationProvider);
        services.Configure<DataProtectionTokenProviderOptions>(o => o.TokenLifespan = TimeSpan.FromDays(7));
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = HashIterations);
        // Length and guessability are ours; the framework's rule set would demand digits and capitals.
        foreach (var builtIn in services.Where(d => d.ServiceType == typeof(IPasswordValidator<Account>)).ToList())
        {
            services.Remove(builtIn);
        }
        services.AddScoped<IPasswordValidator<Account>, PasswordRules>();
        services.AddSingleton<DemoRoster>();
        services.AddScoped<InviteStaff>().AddScoped<CreateFirstAdministrator>().AddScoped<SeedDemoAccounts>();
        return services;
    }

    /// <summary>Sign-in of people by browser.</summary>
    public static IServiceCollection AddSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<Sessions>().AddSingleton<Throttle>().AddSingleton<EmailCodes>().AddSingleton<RecoveryCodes>();
        services.AddSingleton<PasswordGate>().AddSingleton<KeptForms>();
        services.AddSingleton<CodeMails>().AddHostedService(s => s.GetRequiredService<CodeMails>());
        services.AddScoped<CheckPassword>().AddScoped<CheckSecondFactor>().AddScoped<PendingSignIn>().AddScoped<SessionCookie>();
        services.AddScoped<SignInManager<Account>>().AddScoped<ISecurityStampValidator, SecurityStampValidator<Account>>();
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        services.AddOptions<IdentityPasskeyOptions>().Configure(o =>
        {
            o.UserVerificationRequirement = "required";
            o.ResidentKeyRequirement = "required";
            // The framework compares with the Origin header, which a form sends as "null" under our referrer policy.
            o.ValidateOrigin = c => ValueTask.FromResult(
                c.CrossOrigin is not true && string.Equals(c.Origin, $"{c.HttpContext.Request.Scheme}://{c.HttpContext.Request.Host}", StringComparison.OrdinalIgnoreCase));
            o.ServerDomain = configuration["SignIn:PasskeyDomain"] is { Length: > 0 } domain ? domain : null;
        });
        services.AddAuthentication(Sessions.Scheme)
            .AddCookie(Sessions.Scheme, o =>
            {
                Shape(o, "session");
                o.EventsType = typeof(SessionCookie);
                o.LoginPath = "/account/sign-in";
                o.AccessDeniedPath = "/account/denied";
                o.ReturnUrlParameter = "returnUrl";
                // The database decides how long a session lasts; the cookie must not end it earlier.
                o.ExpireTimeSpan = TimeSpan.FromDays(2);
            })
            .AddCookie(PendingSignIn.Scheme, o =>
            {
                Shape(o, "pending-sign-in");
                o.ExpireTimeSpan = TimeSpan.FromMinutes(10);
                o.SlidingExpiration = false;
            })
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme, o =>
            {
                Shape(o, "passkey");
                o.ExpireTimeSpan = TimeSpan.FromMinutes(5);
            });
        services.AddAuthorization(Policies.AddPolicies);
        services.Configure<RazorPagesOptions>(Policies.Configure);
        var prefix = ServedOverHttps(configuration) ? "__Host-" : "";
        services.Configure<AntiforgeryOptions>(o =>
        {
            o.Cookie.Name = prefix + "antiforgery";
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.HttpOnly = true;
            o.Cookie.SecurePolicy = prefix.Length > 0 ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        });
        services.Configure<CookieTempDataProviderOptions>(o =>
        {
            o.Cookie.Name = prefix + "message";
            o.Cookie.SecurePolicy = prefix.Length > 0 ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        });
        return services;
    }

    static void Shape(CookieAuthenticationOptions options, string name)
    {
        options.Cookie.Name = name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CookieManager = new HostPrefixCookies();
    }

    // TLS of our own, or of a proxy that we trust.
    static bool ServedOverHttps(IConfiguration configuration) =>
        !string.IsNullOrEmpty(configuration["Proxy:Known"])
        || (configuration["urls"] ?? "").Contains("https://", StringComparison.OrdinalIgnoreCase)
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any(e => e["Url"]?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true);
}
