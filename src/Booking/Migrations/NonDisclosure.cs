using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Booking.Migrations;

/// <summary>Turvakielto beside the contacts that it hides; recorded at a visit, in the patient record.</summary>
[DbContext(typeof(BookingContext))]
[Migration("202611250130_non_disclosure")]
internal sealed class NonDisclosure : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("alter table booking.customer add non_disclosure boolean not null default false");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("alter table booking.customer drop non_disclosure");
}
