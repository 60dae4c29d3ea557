using CareRecords.Database;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Booking.Tests;

public sealed class BookingSchemaTests(BookingDatabase database) : IClassFixture<BookingDatabase>
{
    [Fact]
    public async Task Model_AndMigratedSchema_NameTheSameTablesAndColumns()
    {
        await using var work = new UnitOfWork(database.DataSource);
        var columns = await work.QueryAsync(
            "select table_name || '.' || column_name || case when is_nullable = 'YES' then '?' else '' end from information_schema.columns where table_schema = 'booking'",
            r => r.GetString(0), default);
        await using var db = await BookingContext.OnAsync(work, default);
        var mapped = db.Model.GetEntityTypes().SelectMany(e => e.GetProperties().Select(p => $"{e.GetTableName()}.{p.GetColumnName()}{(p.IsNullable ? "?" : "")}"));
        mapped.Order().ShouldBe(columns.Where(c => !c.StartsWith("migrations.", StringComparison.Ordinal) && !c.StartsWith("allocation.", StringComparison.Ordinal)).Order());
    }
}
