using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KantaConnector.Migrations;

/// <summary>Versions of appointments wait in the same queue, on a way of their own with its own breaker.</summary>
[DbContext(typeof(KantaContext))]
[Migration("202611250146_appointments")]
internal sealed class Appointments : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table kanta.document
          add appointment_id uuid,
          -- of an appointment: the archive's id and ETag, of the version it holds or, before that, of the one that this is to follow
          add remote_id text,
          add remote_version text,
          -- the archive was asked what it holds: the two before say what this follows
          add remote_asked boolean not null default false,
          drop constraint document_kind_check,
          add constraint document_kind_check check (kind in ('service_event', 'care', 'invalidation', 'information', 'appointment')),
          add check ((kind = 'appointment') = (appointment_id is not null));
        -- an appointment keeps its id through all versions, as an invalidation has that of what it invalidates
        drop index kanta.document_oid;
        create unique index document_oid on kanta.document (oid) where kind not in ('invalidation', 'appointment');
        create index document_appointment on kanta.document (appointment_id, version) where appointment_id is not null;
        drop index kanta.document_claim;
        create index document_claim on kanta.document (available_at, queued_order) where state = 'queued' and kind <> 'appointment';
        create index document_claim_appointment on kanta.document (available_at, queued_order) where state = 'queued' and kind = 'appointment';

        alter table kanta.endpoint
          drop column only_one,
          add way text not null default 'documents' check (way in ('documents', 'appointments')),
          add primary key (way);
        alter table kanta.endpoint alter way drop default;
        -- a restored database that was not reconciled yet sends nothing on any way
        insert into kanta.endpoint (way, restored_at) select 'appointments', restored_at from kanta.endpoint;

        create or replace function kanta.signed_bytes_are_fixed() returns trigger language plpgsql as $f$
        begin
          if (new.oid, new.kind) is distinct from (old.oid, old.kind)
            or (old.signed_at is not null
              and (new.set_id, new.version, new.body, new.wrapper, new.sha256, new.signed_at)
                is distinct from (old.set_id, old.version, old.body, old.wrapper, old.sha256, old.signed_at)
              and not (old.state = 'refused' and old.content_refused and new.signed_at is null)
              -- the archive refused an appointment for the version it follows: it is signed anew, following another
              and not (old.kind = 'appointment' and new.remote_asked and new.signed_at is null
                and (new.body, new.wrapper) is not distinct from (old.body, old.wrapper))
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
