using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>Links of accounts and cards that were ended, since the code had come to somebody else.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611251030_ended_links")]
internal sealed class EndedLinks : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table care.portal_link_ended (
          id uuid primary key,
          user_id uuid not null,
          patient_id text not null,
          how text not null,
          verified_by uuid,
          linked_at timestamptz not null,
          ended_at timestamptz not null,
          ended_by uuid not null,
          ended_by_name text not null,
          reason bytea not null);
        create index portal_link_ended_user on care.portal_link_ended (user_id);
        create index portal_link_ended_patient on care.portal_link_ended (patient_id);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop table care.portal_link_ended");
}
