using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Booking.Host.Migrations;

/// <summary>Which daily notices are settled, so that each goes out once.</summary>
[DbContext(typeof(HostContext))]
[Migration("202611250005_attention_notices")]
internal sealed class AttentionNotices : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        create table host.attention_notice (
          account_id uuid not null,
          day date not null,
          lease uuid not null,
          lease_until timestamptz not null,
          settled_at timestamptz,
          -- false: nothing waited that day
          sent boolean,
          primary key (account_id, day));
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("drop table host.attention_notice");
}
