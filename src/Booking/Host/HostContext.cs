using Microsoft.EntityFrameworkCore;

namespace Booking.Host;

/// <summary>The host schema's migrations: sign-in key ring, bearer tokens, the calendar's tables. It maps no entities.</summary>
public sealed class HostContext(DbContextOptions<HostContext> options) : DbContext(options)
{
    public const string Schema = "host";

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema(Schema);
}
