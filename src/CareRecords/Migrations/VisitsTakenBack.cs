using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>A visit that was opened on the wrong customer and taken back.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611250750_visits_taken_back")]
internal sealed class VisitsTakenBack : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("alter table care.visit add taken_back_at timestamptz");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("alter table care.visit drop taken_back_at");
}
