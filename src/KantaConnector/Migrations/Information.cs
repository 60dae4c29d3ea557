using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KantaConnector.Migrations;

/// <summary>Documents of the information management service in the same queue: about an act of informing, no service event.</summary>
[DbContext(typeof(KantaContext))]
[Migration("202611250140_information")]
internal sealed class Information : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table kanta.document drop constraint document_kind_check,
          add constraint document_kind_check check (kind in ('service_event', 'care', 'invalidation', 'information')),
          -- null also where the document is known from the archive only
          add informing_id uuid, add informing_version integer,
          add check (informing_id is null or kind = 'information');
        create index document_informing on kanta.document (informing_id) where informing_id is not null;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop schema kanta cascade");
}
