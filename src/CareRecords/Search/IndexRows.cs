using Npgsql;
using NpgsqlTypes;

namespace CareRecords.Search;

/// <summary>The index rows of one resource, and the statements that write them: one a table, however many rows.</summary>
internal sealed class IndexRows
{
    /// <summary>The epoch of the key under which the hashes were made.</summary>
    internal required short Epoch { get; init; }

    internal HashSet<(int Param, Guid Code, Guid System)> Tokens { get; } = [];

    internal HashSet<(int Param, string Value, Guid Exact)> Texts { get; } = [];

    internal HashSet<(int Param, DateTimeOffset Low, DateTimeOffset High)> Dates { get; } = [];

    internal HashSet<(int Param, decimal Low, decimal High, Guid? Unit, Guid? Code)> Numbers { get; } = [];

    internal HashSet<(int Param, string Target, string TargetType)> References { get; } = [];

    internal HashSet<(int Param, string Value)> Uris { get; } = [];

    /// <summary>The tables, for what goes over all of them.</summary>
    internal static IReadOnlyList<string> Tables { get; } =
        ["index_token", "index_text", "index_date", "index_number", "index_reference", "index_uri"];

    /// <summary>Takes away all index rows of these resources.</summary>
    internal static NpgsqlBatchCommand Remove(params long[] keys) => new(
        """
        with a as (delete from care.index_token where rid = any($1)), b as (delete from care.index_text where rid = any($1)),
          c as (delete from care.index_date where rid = any($1)), d as (delete from care.index_number where rid = any($1)),
          e as (delete from care.index_reference where rid = any($1))
        delete from care.index_uri where rid = any($1)
        """)
    {
        Parameters = { new() { Value = keys } },
    };

    /// <summary>Adds the statements that write these rows.</summary>
    internal void AddTo(ICollection<NpgsqlBatchCommand> commands, long key)
    {
        if (Tokens.Count > 0)
        {
            commands.Add(new NpgsqlBatchCommand(
                "insert into care.index_token (param, code, system, rid) select p, c, s, $4 from unnest($1, $2, $3) as v(p, c, s)")
            {
                Parameters = { Ints(Tokens, t => t.Param), Of(Tokens, t => t.Code, NpgsqlDbType.Uuid), Of(Tokens, t => t.System, NpgsqlDbType.Uuid), Key(key) },
            });
        }

        if (Texts.Count > 0)
        {
            commands.Add(new NpgsqlBatchCommand(
                "insert into care.index_text (param, value, exact, rid) select p, t, e, $4 from unnest($1, $2, $3) as v(p, t, e)")
            {
                Parameters = { Ints(Texts, t => t.Param), Of(Texts, t => t.Value, NpgsqlDbType.Text), Of(Texts, t => t.Exact, NpgsqlDbType.Uuid), Key(key) },
            });
        }

        if (Dates.Count > 0)
        {
            commands.Add(new NpgsqlBatchCommand(
                "insert into care.index_date (param, low, high, rid) select p, l, h, $4 from unnest($1, $2, $3) as v(p, l, h)")
            {
                Parameters = { Ints(Dates, d => d.Param), Of(Dates, d => d.Low, NpgsqlDbType.TimestampTz), Of(Dates, d => d.High, NpgsqlDbType.TimestampTz), Key(key) },
            });
        }

        if (Numbers.Count > 0)
        {
            commands.Add(new NpgsqlBatchCommand(
                "insert into care.index_number (param, low, high, unit, code, rid) select p, l, h, u, c, $6 from unnest($1, $2, $3, $4, $5) as v(p, l, h, u, c)")
            {
                Parameters =
                {
                    Ints(Numbers, n => n.Param), Of(Numbers, n => n.Low, NpgsqlDbType.Numeric), Of(Numbers, n => n.High, NpgsqlDbType.Numeric),
                    Of(Numbers, n => n.Unit, NpgsqlDbType.Uuid), Of(Numbers, n => n.Code, NpgsqlDbType.Uuid), Key(key),
                },
            });
        }

        if (References.Count > 0)
        {
            commands.Add(new NpgsqlBatchCommand(
                "insert into care.index_reference (param, target, target_type, rid) select p, t, y, $4 from unnest($1, $2, $3) as v(p, t, y)")
            {
                Parameters = { Ints(References, r => r.Param), Of(References, r => r.Target, NpgsqlDbType.Text), Of(References, r => r.TargetType, NpgsqlDbType.Text), Key(key) },
            });
        }

        if (Uris.Count > 0)
        {
            commands.Add(new NpgsqlBatchCommand("insert into care.index_uri (param, value, rid) select p, u, $3 from unnest($1, $2) as v(p, u)")
            {
                Parameters = { Ints(Uris, u => u.Param), Of(Uris, u => u.Value, NpgsqlDbType.Text), Key(key) },
            });
        }
    }

    private static NpgsqlParameter Key(long key) => new() { Value = key };

    private static NpgsqlParameter Ints<T>(HashSet<T> rows, Func<T, int> value) => Of(rows, value, NpgsqlDbType.Integer);

    private static NpgsqlParameter Of<T, TValue>(HashSet<T> rows, Func<T, TValue> value, NpgsqlDbType type)
    {
        var values = new TValue[rows.Count];
        var i = 0;
        foreach (var row in rows)
        {
            values[i++] = value(row);
        }

        return new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
