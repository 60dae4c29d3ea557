using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>When an identity code took the place of another one: what was signed before stands in the archive under the former.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611251030_identity_codes_corrected")]
internal sealed class IdentityCodesCorrected : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("alter table care.person add code_corrected_at timestamptz");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("alter table care.person drop code_corrected_at");
}
