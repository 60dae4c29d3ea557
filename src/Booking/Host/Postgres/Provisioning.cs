using Npgsql;

namespace Booking.Host.Postgres;

/// <summary>Roles, databases and rights: the owner changes the schema, the application's role only uses it.</summary>
internal static class Provisioning
{
    public const string OwnerRole = "carerecords_owner";
    public const string ApplicationRole = "carerecords_app";
    public const string Database = "carerecords";
    public const string KeysDatabase = "carerecords_keys";

    /// <summary>
    /// Makes both roles (no superuser, no BYPASSRLS, no right to make roles or databases) with these passwords. Safe to repeat.
    /// </summary>
    public static async Task RolesAsync(NpgsqlConnection superuser, ClusterSecrets secrets, CancellationToken cancel)
    {
        foreach (var (role, password) in new[] { (OwnerRole, secrets.Owner), (ApplicationRole, secrets.Application) })
        {
            var verb = await ExistsAsync(superuser, "select 1 from pg_roles where rolname = $1", role, cancel) ? "alter" : "create";
            await ExecuteAsync(
                superuser,
                $"{verb} role {role} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication password '{password}'",
                cancel);
        }
    }

    /// <summary>Makes a database of the owner's that nobody else may enter but the application. Safe to repeat.</summary>
    public static async Task DatabaseAsync(NpgsqlConnection superuser, string name, CancellationToken cancel)
    {
        if (!await ExistsAsync(superuser, "select 1 from pg_database where datname = $1", name, cancel))
        {
            await ExecuteAsync(superuser, $"create database {name} owner {OwnerRole}", cancel);
        }

        await ExecuteAsync(superuser, $"revoke all on database {name} from public; grant connect on database {name} to {ApplicationRole}", cancel);
    }

    /// <summary>
    /// The application's rights after a migration, given by the owner: rows of every schema of ours, but no DDL, no TRUNCATE, nothing on the
    /// migration histories but reading, and no UPDATE or DELETE on the access log (every table named care.access_…).
    /// </summary>
    public static Task GrantAsync(NpgsqlConnection owner, CancellationToken cancel) => ExecuteAsync(owner, GrantScript, cancel);

    private const string GrantScript = $"""
        do $grants$
        declare
          s text;
          t record;
        begin
          revoke create on schema public from public;
          for s in select nspname from pg_namespace n join pg_roles r on r.oid = n.nspowner
                   where nspname = 'public' or r.rolname = current_user loop
            execute format('grant usage on schema %I to {ApplicationRole}', s);
            execute format('grant select, insert, update, delete on all tables in schema %I to {ApplicationRole}', s);
            execute format('grant usage, select on all sequences in schema %I to {ApplicationRole}', s);
            execute format('grant execute on all functions in schema %I to {ApplicationRole}', s);
          end loop;
          for t in select schemaname, tablename from pg_tables
                   where tableowner = current_user and tablename in ('migrations') loop
            execute format('revoke insert, update, delete on %I.%I from {ApplicationRole}', t.schemaname, t.tablename);
          end loop;
          for t in select schemaname, tablename from pg_tables
                   where tableowner = current_user and schemaname = 'care' and tablename like 'access\_%' loop
            execute format('revoke update, delete on %I.%I from {ApplicationRole}', t.schemaname, t.tablename);
          end loop;
        end $grants$
        """;

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string sql, string name, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = name } } };
        return await command.ExecuteScalarAsync(cancel) is not null;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
