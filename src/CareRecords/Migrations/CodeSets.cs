using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>Imported code sets and note templates.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611250110_code_sets")]
internal sealed class CodeSets : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table care.code_set (
          oid text primary key check (oid ~ '^[0-2](\.(0|[1-9][0-9]*))+$'),
          name text not null,
          imported_at timestamptz not null default clock_timestamp(),
          imported_by text not null,
          -- name of the file that was imported, without its folder
          source text not null);

        create table care.code (
          system text not null references care.code_set on delete cascade,
          code text not null,
          fi text not null,
          long_fi text,
          sv text,
          en text,
          parent text,
          valid_from date,
          valid_until date,
          primary key (system, code),
          check (valid_until >= valid_from));

        create table care.note_template (
          id text primary key,
          position integer not null,
          definition jsonb not null,
          imported_at timestamptz not null default clock_timestamp());
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop table care.note_template, care.code, care.code_set");
}
