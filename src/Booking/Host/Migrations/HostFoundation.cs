using Booking.Host.Calendar;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Booking.Host.Migrations;

/// <summary>The sign-in key ring, and the tables that Quartz keeps its calendar in.</summary>
[DbContext(typeof(HostContext))]
[Migration("202611230001_host")]
internal sealed class HostFoundation : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            create table host.data_protection_key (
              name text primary key,
              content text not null,
              created_at timestamptz not null default now());
            """);
        foreach (var statement in QuartzTables.Statements())
        {
            migrationBuilder.Sql(statement);
        }
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop schema host cascade");
}
