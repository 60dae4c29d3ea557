using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CareRecords.Migrations;

/// <summary>The sealed order of the access log, its signed tree heads, and the bearer tokens of /fhir.</summary>
[DbContext(typeof(CareContext))]
[Migration("202611230002_access_seals")]
internal sealed class AccessSeals : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create index access_leaf_patient_leaf on care.access_leaf_patient (leaf_id);
        create index access_leaf_at on care.access_leaf (at);

        -- the order in which committed leaves entered the Merkle tree
        create table care.access_seal (
          position bigint primary key check (position >= 0),
          leaf_id bigint not null unique,
          -- SHA-256 over the previous entry's chain and this leaf's hash: names the first bad entry
          chain bytea not null check (length(chain) = 32));

        create table care.access_tree_head (
          tree_size bigint primary key,
          root bytea not null check (length(root) = 32),
          frontier bytea not null,
          -- every leaf up to this id is sealed or was rolled back
          settled_leaf_id bigint not null,
          at timestamptz not null,
          key_id text not null,
          signature bytea not null);

        create function care.access_log_is_append_only() returns trigger language plpgsql as $f$
        begin
          raise exception 'the access log is append-only' using errcode = 'insufficient_privilege';
        end $f$;
        create trigger append_only before update or delete or truncate on care.access_leaf
          for each statement execute function care.access_log_is_append_only();
        create trigger append_only before update or delete or truncate on care.access_leaf_patient
          for each statement execute function care.access_log_is_append_only();
        create trigger append_only before update or delete or truncate on care.access_seal
          for each statement execute function care.access_log_is_append_only();
        create trigger append_only before update or delete or truncate on care.access_tree_head
          for each statement execute function care.access_log_is_append_only();

        create table care.access_token (
          id uuid primary key,
          -- SHA-256 of a token of 256 random bits; the token itself is shown once and kept nowhere
          token_hash bytea not null unique check (length(token_hash) = 32),
          name text not null,
          -- the person or program that the log names
          user_id uuid,
          role text not null,
          scopes text[] not null,
          patient_id text,
          controller_id uuid references care.controller,
          created_at timestamptz not null,
          expires_at timestamptz not null,
          revoked_at timestamptz,
          check (expires_at > created_at));
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        drop table care.access_token, care.access_tree_head, care.access_seal;
        drop trigger append_only on care.access_leaf;
        drop trigger append_only on care.access_leaf_patient;
        drop function care.access_log_is_append_only();
        """);
}
