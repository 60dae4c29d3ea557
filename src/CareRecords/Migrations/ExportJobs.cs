using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>Bulk exports that were asked for, and their files until they are fetched and deleted.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611250200_export_jobs")]
internal sealed class ExportJobs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table care.export_job (
          id uuid primary key,
          token_id uuid not null references care.bearer_token,
          -- the address that was asked, and the service's own
          request text not null,
          base_url text not null,
          types text[] not null,
          -- null: the whole system; otherwise only records of patients, of these where the list is not empty
          patients text[],
          since timestamptz,
          elements text[] not null,
          -- Type?criteria
          filters text[] not null,
          transaction_time timestamptz not null,
          -- whatever was being written at the request is written once no transaction before this one runs
          after xid8 not null,
          state text not null default 'waiting' check (state in ('waiting', 'done', 'failed')),
          lease uuid,
          lease_until timestamptz,
          type_index int not null default 0,
          last_key bigint not null default 0,
          records bigint not null default 0,
          bytes bigint not null default 0,
          fault text,
          expires_at timestamptz not null);
        create index export_job_waiting on care.export_job (id) where state = 'waiting';

        create table care.export_file (
          job_id uuid not null references care.export_job on delete cascade,
          number int not null,
          type text not null,
          records int not null,
          -- whose data stands in it, for the access log
          patients text[] not null,
          -- newline-delimited JSON, packed and encrypted with the practice's key
          content bytea not null,
          primary key (job_id, number));
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop table care.export_file, care.export_job;");
}
