using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KantaConnector.Migrations;

/// <summary>Each document is written three or four times on its way: room in its page, and what is long outside it, spare most of its ten indexes.</summary>
[DbContext(typeof(KantaContext))]
[Migration("202611250147_room_in_pages")]
internal sealed class RoomInPages : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table kanta.document set (fillfactor = 60, toast_tuple_target = 512);
        alter table kanta.attempt set (fillfactor = 70);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table kanta.document reset (fillfactor, toast_tuple_target);
        alter table kanta.attempt reset (fillfactor);
        """);
}
