using Npgsql;
using NpgsqlTypes;

namespace CareRecords.Database;

/// <summary>Parameters that may be NULL, with their type, which PostgreSQL cannot infer from a bare NULL everywhere.</summary>
public static class Sql
{
    public static NpgsqlParameter Null(Guid? value) => Typed(value, NpgsqlDbType.Uuid);

    public static NpgsqlParameter Null(string? value) => Typed(value, NpgsqlDbType.Text);

    public static NpgsqlParameter Null(byte[]? value) => Typed(value, NpgsqlDbType.Bytea);

    public static NpgsqlParameter Null(DateOnly? value) => Typed(value, NpgsqlDbType.Date);

    public static NpgsqlParameter Null(DateTimeOffset? value) => Typed(value?.ToUniversalTime(), NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter Null(int? value) => Typed(value, NpgsqlDbType.Integer);

    public static NpgsqlParameter Null(short? value) => Typed(value, NpgsqlDbType.Smallint);

    private static NpgsqlParameter Typed(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
