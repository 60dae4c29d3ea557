using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>Practice, controller, environment, installation epoch, OIDs, idempotency keys and the access log's leaves.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611230001_foundation")]
internal sealed class Foundation : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table care.practice (
          id uuid primary key,
          -- one practice, one database
          only_one boolean not null default true unique check (only_one),
          name text not null,
          -- fixed for the database's life: decides processingCode, endpoint, certificates and accepted identity codes
          environment text not null check (environment in ('simulated', 'test', 'production')),
          organization_oid text not null check (organization_oid ~ '^[0-2](\.(0|[1-9][0-9]*))+$'),
          -- notes older than this are never queued; null: not joined to the archive
          joined_archive_on date,
          time_zone text not null default 'Europe/Helsinki',
          created_at timestamptz not null default now());

        create function care.practice_environment_is_fixed() returns trigger language plpgsql as $f$
        begin
          if new.environment <> old.environment then
            raise exception 'the environment of a database cannot be changed' using errcode = 'check_violation';
          end if;
          return new;
        end $f$;
        create trigger environment_is_fixed before update on care.practice
          for each row execute function care.practice_environment_is_fixed();

        -- raised by each restore from backup, so that no OID, message id or ETag is issued twice
        create table care.installation_epoch (
          epoch integer primary key,
          begun_at timestamptz not null default now(),
          reason text not null);

        create table care.controller (
          id uuid primary key,
          practice_id uuid not null references care.practice,
          name text not null,
          kind text not null check (kind in ('company', 'self_employed')),
          controller_oid text not null,
          producer_oid text not null,
          producer_name text not null,
          unit_oid text not null,
          unit_name text not null,
          oid_root text not null,
          -- potilasrekisteritunnus, 1.2.246.537.5.40150: 3 private health care, 10 self-employed practitioner
          register_code text not null,
          temporary_id_root text not null,
          created_at timestamptz not null default now());

        create table care.oid_sequence (
          controller_id uuid not null references care.controller,
          kind text not null,
          epoch integer not null,
          year integer not null,
          last_number bigint not null,
          primary key (controller_id, kind, epoch, year));

        create table care.idempotency (
          key uuid primary key,
          use_case text not null,
          result text,
          created_at timestamptz not null default now());
        create index idempotency_created_at on care.idempotency (created_at);

        create table care.access_leaf (
          id bigint generated always as identity primary key,
          at timestamptz not null default clock_timestamp(),
          practice_id uuid,
          controller_id uuid,
          request_id uuid not null,
          actor_user uuid,
          actor_name text not null,
          actor_role text not null,
          -- the role's ground: treatment, booking, patient_request, administration, archive …
          purpose text not null,
          -- create, read, update, delete, search, sign, print, export, approve, decline, invalidate, send
          interaction text not null,
          resource_type text not null,
          resource_id text,
          resource_version integer,
          -- AuditEvent.outcome: 0 success, 4 minor failure (denied), 8 serious, 12 major
          outcome smallint not null default 0 check (outcome in (0, 4, 8, 12)),
          detail text);
        create index access_leaf_resource on care.access_leaf (resource_type, resource_id);

        create table care.access_leaf_patient (
          leaf_id bigint not null references care.access_leaf,
          patient_id text not null,
          primary key (patient_id, leaf_id));
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop schema care cascade");
}
