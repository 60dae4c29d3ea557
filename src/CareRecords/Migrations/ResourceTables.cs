using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>
/// The resource store: current versions, former versions, and narrow index tables by search type. A parameter is named by a number
/// (a hash of type and code, checked for collisions), a token by a keyed hash, so that rows stay short and a dump shows no values.
/// </summary>
[DbContext(typeof(CareContext))]
[Migration("202611230004_store")]
internal sealed class ResourceTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- a token is revoked by an update, which the access log's tables do not allow
        alter table care.access_token rename to bearer_token;

        -- given out in blocks of a thousand, so that index rows can be written in the same round trip as their resource
        create sequence care.resource_key increment 1000;

        create table care.resource (
          rid bigint primary key,
          type text collate "C" not null,
          id text collate "C" not null check (id ~ '^[A-Za-z0-9\-.]{1,64}$'),
          version integer not null check (version > 0),
          last_updated timestamptz not null,
          -- the request that made this version, as history states it
          method text not null check (method in ('POST', 'PUT', 'PATCH', 'DELETE')),
          -- whose record this is, when it is one patient's; decides the data key and who may see it
          patient_id text collate "C",
          controller_id uuid,
          -- from when on the patient sees it; null: not at all
          patient_sees_from timestamptz,
          -- encrypted; null when deleted
          body bytea,
          check ((body is null) = (method = 'DELETE')),
          unique (type, id));
        alter table care.resource alter column body set storage external;
        create index resource_by_type on care.resource (type, rid) where method <> 'DELETE';
        create index resource_updated on care.resource (type, last_updated, rid);
        create index resource_patient on care.resource (patient_id, type, rid) where patient_id is not null;

        create table care.resource_version (
          type text collate "C" not null,
          id text collate "C" not null,
          version integer not null,
          last_updated timestamptz not null,
          method text not null,
          patient_id text collate "C",
          controller_id uuid,
          patient_sees_from timestamptz,
          body bytea,
          primary key (type, id, version));
        alter table care.resource_version alter column body set storage external;
        create index resource_version_updated on care.resource_version (type, last_updated, id);

        create table care.index_token (
          param integer not null, code uuid not null, system uuid not null, rid bigint not null);
        create index index_token_value on care.index_token (param, code, rid) include (system);
        create index index_token_rid on care.index_token (rid, param);

        create table care.index_text (
          param integer not null, value text collate "C" not null, exact uuid not null, rid bigint not null);
        create index index_text_value on care.index_text (param, value, rid);
        create index index_text_rid on care.index_text (rid, param);

        create table care.index_date (
          param integer not null, low timestamptz not null, high timestamptz not null, rid bigint not null);
        create index index_date_low on care.index_date (param, low, rid) include (high);
        create index index_date_high on care.index_date (param, high, rid);
        create index index_date_rid on care.index_date (rid, param);

        -- numbers and quantities; unit: hash of system and code, code: hash of the code alone
        create table care.index_number (
          param integer not null, low numeric not null, high numeric not null, unit uuid, code uuid, rid bigint not null);
        create index index_number_low on care.index_number (param, low, rid) include (high, unit, code);
        create index index_number_rid on care.index_number (rid, param);

        -- target_type is empty where target is an absolute URL
        create table care.index_reference (
          param integer not null, target text collate "C" not null, target_type text collate "C" not null, rid bigint not null);
        create index index_reference_target on care.index_reference (param, target, rid) include (target_type);
        create index index_reference_rid on care.index_reference (rid, param);

        create table care.index_uri (
          param integer not null, value text collate "C" not null, rid bigint not null);
        create index index_uri_value on care.index_uri (param, value, rid);
        create index index_uri_rid on care.index_uri (rid, param);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop table care.index_uri, care.index_reference, care.index_number, care.index_date, care.index_text, care.index_token,
          care.resource_version, care.resource;
        drop sequence care.resource_key;
        alter table care.bearer_token rename to access_token;
        """);
}
