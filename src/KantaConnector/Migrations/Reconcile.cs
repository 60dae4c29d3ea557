using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KantaConnector.Migrations;

/// <summary>The queue stands still between a restore and its reconciliation, which may take over bytes that only the archive still has.</summary>
[DbContext(typeof(KantaContext))]
[Migration("202611250043_reconcile")]
internal sealed class Reconcile : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- the database was restored from a backup: nothing leaves until it has been compared with the archive
        alter table kanta.endpoint add restored_at timestamptz;
        -- until when the archive asked us to wait; unlike open_until no success ends it sooner
        alter table kanta.endpoint add asked_until timestamptz;

        create or replace function kanta.signed_bytes_are_fixed() returns trigger language plpgsql as $f$
        begin
          if (new.oid, new.kind) is distinct from (old.oid, old.kind)
            or (old.signed_at is not null
              and (new.set_id, new.version, new.body, new.wrapper, new.sha256, new.signed_at)
                is distinct from (old.set_id, old.version, old.body, old.wrapper, old.sha256, old.signed_at)
              and not (old.state = 'refused' and old.content_refused and new.signed_at is null)
              -- only reconciliation says this, when the archive's bytes are taken over as what was sent
              and not (new.state = 'archived' and current_setting('kanta.adopting', true) = 'on')) then
            raise exception 'a queued document keeps its ids, and its bytes once signed, unless the archive refused its content'
              using errcode = 'check_violation';
          end if;
          return new;
        end $f$;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop schema kanta cascade");
}
