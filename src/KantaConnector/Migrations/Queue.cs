using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KantaConnector.Migrations;

/// <summary>Documents for the archive, attempts to send them, and the state of the way there.</summary>
[DbContext(typeof(KantaContext))]
[Migration("202611230040_queue")]
internal sealed class Queue : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create sequence kanta.fence;
        create sequence kanta.message_number;

        create table kanta.document (
          id uuid primary key,
          queued_order bigint generated always as identity,
          kind text not null check (kind in ('service_event', 'care', 'invalidation')),
          controller_id uuid not null,
          patient_id text not null,
          -- an invalidation carries the id of what it invalidates
          oid text not null,
          set_id text not null,
          version integer not null check (version >= 1),
          service_event_oid text,
          service_event_id uuid,
          visit_id uuid,
          note_id uuid,
          note_version integer,
          -- of a service-event document: this version says when the event ended
          event_ended boolean not null default false,
          -- five days after the end of care
          due_at timestamptz,
          -- encrypted; the CDA document, unsigned until signed_at
          body bytea,
          signature_at integer,
          body_start integer,
          body_length integer,
          -- encrypted; the message's clinicalDocument before and after its payload, split at wrapper_split
          wrapper bytea not null,
          wrapper_split integer not null,
          signed_at timestamptz,
          sha256 bytea,
          state text not null default 'queued' check (state in ('queued', 'archived', 'refused', 'handled')),
          available_at timestamptz not null default clock_timestamp(),
          lease_until timestamptz,
          fence bigint not null default 0,
          attempts integer not null default 0,
          endpoint_faults integer not null default 0,
          rejected_at timestamptz,
          reason text,
          codes jsonb,
          created_at timestamptz not null default clock_timestamp(),
          finished_at timestamptz,
          handled_by text,
          handled_reason text,
          unique (set_id, version),
          check ((signed_at is null) = (sha256 is null)),
          check (state <> 'handled' or (handled_by is not null and handled_reason is not null)));
        create unique index document_oid on kanta.document (oid) where kind <> 'invalidation';
        create unique index document_one_per_service_event on kanta.document (service_event_oid) where kind = 'service_event' and version = 1;
        create index document_claim on kanta.document (available_at, queued_order) where state = 'queued';
        create index document_chain_unfinished on kanta.document (set_id, version) where state in ('queued', 'refused');
        create index document_event_unfinished on kanta.document (service_event_oid)
          where kind = 'service_event' and version = 1 and state in ('queued', 'refused');
        create index document_note on kanta.document (note_id) where note_id is not null;
        create index document_service_event on kanta.document (service_event_id);
        create index document_attention on kanta.document (created_at) where state = 'refused';

        -- what was signed is what is sent, for ever
        create function kanta.signed_bytes_are_fixed() returns trigger language plpgsql as $f$
        begin
          if (new.oid, new.set_id, new.version, new.kind) is distinct from (old.oid, old.set_id, old.version, old.kind)
            or (old.signed_at is not null and (new.body, new.wrapper, new.sha256, new.signed_at)
              is distinct from (old.body, old.wrapper, old.sha256, old.signed_at)) then
            raise exception 'a queued document keeps its ids, and its bytes once signed' using errcode = 'check_violation';
          end if;
          return new;
        end $f$;
        create trigger signed_bytes_are_fixed before update on kanta.document
          for each row execute function kanta.signed_bytes_are_fixed();

        create table kanta.attempt (
          id bigint generated always as identity primary key,
          document_id uuid not null references kanta.document,
          fence bigint not null,
          message_id text not null unique,
          started_at timestamptz not null default clock_timestamp(),
          finished_at timestamptz,
          outcome text check (outcome in ('accepted', 'refused', 'rejected', 'unknown', 'not_sent', 'released')),
          reason text,
          codes jsonb);
        create index attempt_document on kanta.attempt (document_id, id);

        -- the one way to the archive: a breaker shared by all nodes
        create table kanta.endpoint (
          only_one boolean primary key default true check (only_one),
          failures integer not null default 0,
          open_until timestamptz,
          reason text,
          -- why nothing can be sent from here at all, such as a missing certificate
          hold text,
          last_accepted_at timestamptz);
        insert into kanta.endpoint default values;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop schema kanta cascade");
}
