using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>Whether denied data may be disclosed in an emergency, as the patient says when she denies.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611251040_denial_in_emergency")]
internal sealed class DenialInEmergency : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("alter table care.informing add emergency_allowed boolean not null default false");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("alter table care.informing drop emergency_allowed");
}
