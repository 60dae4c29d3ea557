using Microsoft.EntityFrameworkCore;

namespace KantaConnector;

/// <summary>The kanta schema's migrations. Its rows are read and written by Npgsql (docs/adr/0003), so it maps no entities.</summary>
public sealed class KantaContext(DbContextOptions<KantaContext> options) : DbContext(options)
{
    /// <summary>The name of the schema.</summary>
    public const string Schema = "kanta";

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema(Schema);
}
