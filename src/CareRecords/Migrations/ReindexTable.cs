using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>How far re-indexing has come; and what the planner must know: a token's hash decides its parameter.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611250030_reindex")]
internal sealed class ReindexTable : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table care.reindex (
          id bigint generated always as identity primary key,
          started_at timestamptz not null default now(),
          last_key bigint not null default 0,
          total bigint not null,
          done bigint not null default 0,
          -- resources whose data key was destroyed
          lost bigint not null default 0,
          finished_at timestamptz);

        -- Taken for independent, the two would multiply to far too few rows for a common code.
        create statistics care.index_token_code (dependencies, mcv) on param, code from care.index_token;
        alter table care.index_token alter column code set statistics 1000;
        alter table care.index_reference alter column target set statistics 500;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        alter table care.index_reference alter column target set statistics -1;
        alter table care.index_token alter column code set statistics -1;
        drop statistics care.index_token_code;
        drop table care.reindex;
        """);
}
