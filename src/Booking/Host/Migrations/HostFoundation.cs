using Booking.Host.Calendar;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Booking.Host.Migrations;

/// <summary>The sign-in key ring, bearer tokens (hashed), and the tables that Quartz keeps its calendar in.</summary>
[DbContext(typeof(HostContext))]
[Migration("202611230001_host")]
internal sealed class HostFoundation : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            create table host.data_protection_key (
              name text primary key,
              content text not null,
              created_at timestamptz not null default now());

            create table host.api_token (
              id uuid primary key,
              -- SHA-256 of 256 random bits: nothing to guess, so no slow hash is needed
              token_hash bytea not null unique check (length(token_hash) = 32),
              name text not null,
              -- SMART-like scopes, separated by spaces, such as system/*.rs
              scopes text not null,
              user_id uuid,
              created_at timestamptz not null default now(),
              expires_at timestamptz not null,
              revoked_at timestamptz);
            """);
        foreach (var statement in QuartzTables.Statements())
        {
            migrationBuilder.Sql(statement);
        }
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop schema host cascade");
}
