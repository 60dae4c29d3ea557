using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>Visits whose record was settled in another way, and an index for those that still wait for theirs.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611250010_attention_acts")]
internal sealed class AttentionActs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table care.visit
          add settled_at timestamptz,
          add settled_by uuid,
          -- encrypted
          add settled_reason bytea,
          add check ((settled_at is null) = (settled_reason is null));
        create index visit_clock on care.visit (coalesce(ended_at, started_at)) where is_care and settled_at is null;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop index care.visit_clock;
        alter table care.visit drop settled_at, drop settled_by, drop settled_reason
        """);
}
