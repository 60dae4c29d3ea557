using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>Authorisations (valtuutus) to record care that another organiser has bought, into that organiser's register.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611250150_outsourcing")]
internal sealed class Outsourcing : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table care.outsourcing (
          id uuid primary key,
          -- who produces the service, under this roof
          controller_id uuid not null references care.controller,
          -- who has bought it
          customer_oid text not null,
          customer_name text not null,
          -- whose register it goes into
          register_controller_oid text not null,
          register_controller_name text not null,
          -- 1.2.246.537.5.40172: 1 public, 2 private
          register_controller_kind text not null check (register_controller_kind in ('1', '2')),
          register_code text not null,
          -- null: for any patient
          patient_id text,
          -- null: a service event of ours begins
          service_event_oid text,
          valid_from date not null,
          valid_until date not null,
          recorded_by uuid not null,
          recorded_by_name text not null,
          recorded_at timestamptz not null,
          ended_at timestamptz,
          ended_by_name text,
          check (valid_until >= valid_from),
          check (service_event_oid is null or patient_id is not null),
          check ((ended_at is null) = (ended_by_name is null)));
        create index outsourcing_controller on care.outsourcing (controller_id);
        alter table care.service_event add outsourcing_id uuid references care.outsourcing;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        "alter table care.service_event drop outsourcing_id; drop table care.outsourcing");
}
