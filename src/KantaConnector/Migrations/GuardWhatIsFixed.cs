using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KantaConnector.Migrations;

/// <summary>
/// What guards the signed bytes looks only where one of them is written: a claim or a result writes none, and reading both old and new bytes to compare them
/// cost more than the rest of such a statement.
/// </summary>
[DbContext(typeof(KantaContext))]
[Migration("202611250148_guard_what_is_fixed")]
internal sealed class GuardWhatIsFixed : Migration
{
    private const string Columns = "oid, kind, set_id, version, body, wrapper, sha256, signed_at";

    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Trigger($"update of {Columns}"));

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Trigger("update"));

    private static string Trigger(string when) => $"""
        drop trigger signed_bytes_are_fixed on kanta.document;
        create trigger signed_bytes_are_fixed before {when} on kanta.document
          for each row execute function kanta.signed_bytes_are_fixed();
        """;
}
