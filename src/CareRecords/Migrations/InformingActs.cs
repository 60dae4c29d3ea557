using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>Whose act an informing, a permission or a denial is, what it concerns, and who withdrew it.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611250120_informing_acts")]
internal sealed class InformingActs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table care.informing
          -- the controller under which it was recorded; null in rows from before
          add controller_id uuid references care.controller,
          add practitioner_id uuid,
          -- given in OmaKanta or at another provider: noted here, no document of ours
          add elsewhere boolean not null default false,
          -- of a denial: all data, this provider's, or one service event
          add scope text check (scope in ('all', 'provider', 'event')),
          add service_event_oid text,
          add withdrawn_on date,
          add withdrawn_by uuid,
          add withdrawn_by_name text,
          add check ((withdrawn_at is null) = (withdrawn_on is null) and (withdrawn_at is null) = (withdrawn_by_name is null)),
          add check ((scope is not null) = (kind = 'denial')) not valid,
          add check ((service_event_oid is not null) = (scope is not null and scope = 'event'))
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table care.informing drop controller_id, drop practitioner_id, drop elsewhere, drop scope, drop service_event_oid, drop withdrawn_on,
          drop withdrawn_by, drop withdrawn_by_name
        """);
}
