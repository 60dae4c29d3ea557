using Booking.Host;
using CareRecords;
using CareRecords.Database;
using CareRecords.Protection;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Testing;

namespace Booking.Tests.Host;

/// <summary>A database with every module's migrations; the wrapped keys lie in it too.</summary>
public class HostDatabase() : PostgresFixture(
    "booking",
    [typeof(HostContext).Assembly, typeof(CareContext).Assembly, typeof(KantaConnector.KantaOptions).Assembly],
    async (owner, cancel) =>
    {
        await ModuleMigrations.ApplyAsync(Composition.Migrations(new ConfigurationBuilder().Build()), owner, cancel);
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync(cancel);
        await using var keys = new NpgsqlCommand(KeyDatabase.Schema, connection);
        await keys.ExecuteNonQueryAsync(cancel);
    });
