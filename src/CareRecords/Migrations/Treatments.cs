using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>What care needs about a person, service events, visits, drafts, signed notes, additional data and the link of an account to a card.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611230003_treatments")]
internal sealed class Treatments : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- only customers of health care have a row: wellness customers have no identity-code field
        create table care.person (
          patient_id text primary key,
          identity_code bytea,
          identity_index bytea unique,
          temporary_id bytea,
          temporary_id_root text,
          birth_date bytea not null,
          -- 1.2.246.537.5.1: 1 male, 2 female; never derived from an identity code
          sex text not null check (sex in ('1', '2', '0', '9')),
          home_municipality text,
          non_disclosure boolean not null default false,
          recorded_at timestamptz not null,
          recorded_by uuid not null,
          check (identity_code is not null or temporary_id is not null),
          check ((identity_code is null) = (identity_index is null)));

        create table care.informing (
          id uuid primary key,
          patient_id text not null,
          kind text not null check (kind in ('kanta_informing', 'disclosure_permission', 'denial')),
          text_version text not null,
          given_on date not null,
          recorded_by uuid not null,
          recorded_by_name text not null,
          recorded_at timestamptz not null,
          withdrawn_at timestamptz);
        create index informing_patient on care.informing (patient_id);

        create table care.service_event (
          id uuid primary key,
          oid text not null unique,
          patient_id text not null,
          controller_id uuid not null references care.controller,
          practitioner_id uuid not null,
          series boolean not null,
          title text not null,
          started_at timestamptz not null,
          ended_at timestamptz,
          check (ended_at >= started_at));
        create index service_event_open on care.service_event (patient_id) where ended_at is null;

        create table care.visit (
          id uuid primary key,
          patient_id text not null,
          appointment_id uuid unique,
          service_event_id uuid references care.service_event,
          controller_id uuid not null references care.controller,
          practitioner_id uuid not null,
          service_name text not null,
          is_care boolean not null,
          -- yhteystapa, 1.2.246.537.6.127: free word here, code from the imported table
          contact_mode text not null,
          started_at timestamptz not null,
          ended_at timestamptz,
          zone text not null,
          guardian_disclosure smallint check (guardian_disclosure between 1 and 4),
          opened_by uuid not null,
          check (ended_at >= started_at),
          check (is_care = (service_event_id is not null)));
        create index visit_patient on care.visit (patient_id, started_at desc);
        create index visit_practitioner on care.visit (practitioner_id, started_at desc);

        create table care.note_draft (
          id uuid primary key,
          visit_id uuid not null references care.visit,
          patient_id text not null,
          author_id uuid not null,
          corrects_note uuid,
          reason bytea,
          content bytea not null,
          revision integer not null,
          begun_at timestamptz not null,
          saved_at timestamptz not null);
        create index note_draft_visit on care.note_draft (visit_id);

        create table care.note (
          id uuid primary key,
          visit_id uuid not null references care.visit,
          service_event_id uuid not null references care.service_event,
          patient_id text not null,
          controller_id uuid not null references care.controller,
          set_id text not null unique,
          current_version integer not null,
          status text not null check (status in ('final', 'amended', 'entered_in_error')),
          release_on date);
        create index note_visit on care.note (visit_id);
        create index note_patient on care.note (patient_id);

        create table care.note_version (
          note_id uuid not null references care.note,
          version integer not null,
          document_oid text not null unique,
          act text not null check (act in ('new', 'correction', 'invalidation')),
          content bytea not null,
          reason bytea,
          author_id uuid not null,
          written_at timestamptz not null,
          signed_at timestamptz not null,
          composition_version integer not null,
          primary key (note_id, version));

        create table care.additional_data (
          id uuid primary key,
          patient_id text not null,
          controller_id uuid not null references care.controller,
          proposed_by uuid not null,
          proposed_by_name text not null,
          title text not null,
          -- null once declined or expired: the content is destroyed, the fact stays
          content bytea,
          proposed_at timestamptz not null,
          expires_at timestamptz not null,
          state text not null check (state in ('proposed', 'approved', 'declined', 'expired')),
          decided_at timestamptz,
          decided_how text,
          resource_id text,
          check ((state in ('declined', 'expired')) = (content is null)));
        create index additional_data_patient on care.additional_data (patient_id);

        create table care.link_code (
          id uuid primary key,
          patient_id text not null,
          code_hash bytea not null unique,
          handed_by uuid not null,
          handed_at timestamptz not null,
          expires_at timestamptz not null,
          used_at timestamptz);

        create table care.portal_link (
          user_id uuid primary key,
          patient_id text not null unique,
          how text not null check (how in ('code_at_visit', 'strong_identification')),
          verified_by uuid,
          linked_at timestamptz not null);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop table care.portal_link, care.link_code, care.additional_data, care.note_version, care.note, care.note_draft, care.visit,
          care.service_event, care.informing, care.person
        """);
}
