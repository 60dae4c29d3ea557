using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CareRecords.Database;

/// <summary>One module's schema: its name, its place in the order, and the context that its hand-written migrations belong to.</summary>
/// <param name="Schema">The PostgreSQL schema, also that of the migration history.</param>
/// <param name="Order">Lower runs first; care is 10, identity 20, booking 30, kanta 40.</param>
/// <param name="Create">Makes the context on an owner connection string.</param>
/// <param name="Build">Names the build of the assembly that holds the migrations.</param>
public sealed record ModuleMigrations(string Schema, int Order, Func<string, DbContext> Create, Guid Build)
{
    /// <summary>For a context with a constructor that takes <see cref="DbContextOptions{TContext}"/>.</summary>
    public static ModuleMigrations For<TContext>(string schema, int order, Func<DbContextOptions<TContext>, TContext> create)
        where TContext : DbContext =>
        new(schema, order, connection => create(Options<TContext>(schema, connection)), typeof(TContext).Assembly.ManifestModule.ModuleVersionId);

    /// <summary>Applies what is missing, module by module. The connection needs the owner's rights.</summary>
    public static async Task ApplyAsync(IEnumerable<ModuleMigrations> modules, string ownerConnection, CancellationToken cancel)
    {
        foreach (var module in modules.OrderBy(m => m.Order))
        {
            await using var context = module.Create(ownerConnection);
            await context.Database.MigrateAsync(cancel);
        }
    }

    private static DbContextOptions<TContext> Options<TContext>(string schema, string connection)
        where TContext : DbContext =>
        new DbContextOptionsBuilder<TContext>()
            .UseNpgsql(connection, n => n.MigrationsHistoryTable("migrations", schema))
            // The migrations are SQL by hand: without the design-time package there is no model snapshot to compare with.
            .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options;
}
