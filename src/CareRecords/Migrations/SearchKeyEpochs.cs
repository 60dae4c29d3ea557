using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>
/// The epochs of the search index's key. A closed epoch is written under by nobody any more: each writer asks in its transaction, holding a shared lock
/// that closing waits for.
/// </summary>
[DbContext(typeof(CareContext))]
[Migration("202611250060_search_keys")]
internal sealed class SearchKeyEpochs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table care.search_key (
          epoch smallint primary key,
          begun_at timestamptz not null default clock_timestamp(),
          -- from when on no row is written under it
          closed_at timestamptz,
          -- since when no row rests on it
          retired_at timestamptz,
          check (retired_at is null or closed_at is not null));
        insert into care.search_key (epoch) values (1);

        create function care.use_search_key(wanted smallint) returns void language plpgsql as $$
        begin
          perform pg_advisory_xact_lock_shared(7365, wanted);
          if exists (select from care.search_key k where k.epoch = wanted and k.closed_at is not null) then
            raise exception 'The key of search index epoch % is out of use.', wanted using errcode = 'CR001',
              hint = 'Give this node the key file as care keys rotate left it.';
          end if;
        end $$;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop function care.use_search_key(smallint);
        drop table care.search_key;
        """);
}
