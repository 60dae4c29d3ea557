using Microsoft.EntityFrameworkCore;

namespace CareRecords;

/// <summary>The care schema's migrations. Its rows are read and written by Npgsql (docs/adr/0003), so it maps no entities.</summary>
public sealed class CareContext(DbContextOptions<CareContext> options) : DbContext(options)
{
    /// <summary>The name of the schema.</summary>
    public const string Schema = "care";

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema(Schema);
}
