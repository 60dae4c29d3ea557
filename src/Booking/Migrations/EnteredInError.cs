using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Booking.Migrations;

/// <summary>A cancelled appointment that never was: booked for the wrong customer, or by mistake.</summary>
[DbContext(typeof(BookingContext))]
[Migration("202611250031_entered_in_error")]
internal sealed class EnteredInError : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table booking.appointment
          add entered_in_error boolean not null default false,
          add check (not entered_in_error or status = 'cancelled');
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("alter table booking.appointment drop column entered_in_error");
}
