using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KantaConnector.Migrations;

/// <summary>Whose document it is, whether the archive judged its content, and what took the place of a refused one.</summary>
[DbContext(typeof(KantaContext))]
[Migration("202611250041_attention")]
internal sealed class Attention : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table kanta.document
          -- whose it is to act; null: any practitioner of the controller
          add practitioner_id uuid,
          -- the archive judged the content and holds nothing under this id: it may be built anew
          add content_refused boolean not null default false,
          -- encrypted like all free text
          alter handled_reason type bytea using convert_to(handled_reason, 'UTF8'),
          drop constraint document_state_check,
          -- superseded: never archived, and a correction went in its place
          add constraint document_state_check check (state in ('queued', 'archived', 'refused', 'handled', 'superseded'));
        -- what left with this attempt
        alter table kanta.attempt add sha256 bytea;
        create index document_open on kanta.document (controller_id, due_at) where state in ('queued', 'refused');

        create or replace function kanta.signed_bytes_are_fixed() returns trigger language plpgsql as $f$
        begin
          if (new.oid, new.kind) is distinct from (old.oid, old.kind)
            or (old.signed_at is not null
              and (new.set_id, new.version, new.body, new.wrapper, new.sha256, new.signed_at)
                is distinct from (old.set_id, old.version, old.body, old.wrapper, old.sha256, old.signed_at)
              and not (old.state = 'refused' and old.content_refused and new.signed_at is null)) then
            raise exception 'a queued document keeps its ids, and its bytes once signed, unless the archive refused its content'
              using errcode = 'check_violation';
          end if;
          return new;
        end $f$;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop schema kanta cascade");
}
