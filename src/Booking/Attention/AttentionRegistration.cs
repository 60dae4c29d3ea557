namespace Booking.Attention;

/// <summary>The five-day list, its daily notice and its watch.</summary>
internal static class AttentionRegistration
{
    public static IServiceCollection AddAttention(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<ArchiveHealth>("archive", tags: ["archive"], timeout: TimeSpan.FromSeconds(5));
        return services
            .AddScoped<AttentionList>()
            .AddScoped<SendAttentionNotices>()
            .AddSingleton<AttentionWatch>()
            .AddHostedService(p => p.GetRequiredService<AttentionWatch>());
    }
}
