using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Booking.Migrations;

/// <summary>Who holds a time, and which: a hold has one row for each resource that its service needs.</summary>
[DbContext(typeof(BookingContext))]
[Migration("202611250300_holds")]
internal sealed class Holds : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table booking.allocation add hold_id uuid, add held_by uuid;
        create index allocation_hold on booking.allocation (hold_id) where hold_id is not null;
        create index allocation_holder on booking.allocation (held_by) where held_by is not null;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("alter table booking.allocation drop hold_id, drop held_by;");
}
