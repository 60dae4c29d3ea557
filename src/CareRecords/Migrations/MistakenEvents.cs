using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>A service event that was opened by mistake and taken back.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611250111_mistaken_events")]
internal sealed class MistakenEvents : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("alter table care.service_event add invalidated_at timestamptz, add invalidated_by uuid");

    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("alter table care.service_event drop invalidated_at, drop invalidated_by");
}
