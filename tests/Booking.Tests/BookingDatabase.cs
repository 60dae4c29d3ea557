using CareRecords;
using CareRecords.Database;
using CareRecords.Protection;
using Npgsql;
using Testing;

namespace Booking.Tests;

/// <summary>A database with the care and booking schemas.</summary>
public sealed class BookingDatabase() : PostgresFixture(
    "appointments",
    [typeof(CareContext).Assembly, typeof(BookingContext).Assembly],
    async (owner, cancel) =>
    {
        await ModuleMigrations.ApplyAsync(
            [
                ModuleMigrations.For<CareContext>(CareContext.Schema, 10, o => new CareContext(o)),
                ModuleMigrations.For<BookingContext>(BookingContext.Schema, 30, o => new BookingContext(o)),
            ],
            owner, cancel);
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync(cancel);
        await using var keys = new NpgsqlCommand(KeyDatabase.Schema, connection);
        await keys.ExecuteNonQueryAsync(cancel);
    });
