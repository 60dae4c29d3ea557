using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>Which version a correction was begun from, and from which draft a version was signed.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611250010_corrections")]
internal sealed class Corrections : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table care.note_draft add corrects_version integer;
        update care.note_draft d set corrects_version = n.current_version from care.note n where n.id = d.corrects_note;
        alter table care.note_draft add check ((corrects_note is null) = (corrects_version is null));
        alter table care.note_version add draft_id uuid unique;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table care.note_version drop draft_id;
        alter table care.note_draft drop corrects_version;
        """);
}
