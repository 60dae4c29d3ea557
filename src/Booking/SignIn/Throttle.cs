using CareRecords.Protection;
using Npgsql;

namespace Booking.SignIn;

/// <summary>
/// Slows guessing down without locking anybody out: each failure doubles the wait for this account from this network, up to a quarter of an hour; an
/// account as a whole, and a network as a whole, wait after many failures. An attempt counts as failed until it has succeeded.
/// </summary>
internal sealed class Throttle(NpgsqlDataSource database, MasterKeys keys, TimeProvider clock)
{
    internal sealed record Limit(int Free, TimeSpan Longest);

    static readonly Limit Pair = new(4, TimeSpan.FromMinutes(15));

    // Short on purpose: somebody else's guessing must not keep the owner out.
    static readonly Limit WholeAccount = new(30, TimeSpan.FromSeconds(20));

    static readonly Limit Network = new(60, TimeSpan.FromMinutes(15));

    static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    /// <summary>How long to wait before the next try; zero: this try was counted and may go on.</summary>
    /// <param name="subject">What is guessed, e.g. the address as typed.</param>
    public async Task<TimeSpan> EnterAsync(string subject, HttpContext http, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var counted = Keys(subject, NetworkOf(http));
        var wait = TimeSpan.Zero;
        foreach (var (key, limit) in counted)
        {
            await using var read = database.CreateCommand("select failures, failed_at from identity.attempt where key = $1");
            read.With(key);
            await using var row = await read.ExecuteReaderAsync(cancel);
            if (await row.ReadAsync(cancel))
            {
                var left = Wait(limit, row.GetInt32(0), now - row.GetDateTime(1));
                wait = left > wait ? left : wait;
            }
        }
        if (wait > TimeSpan.Zero)
        {
            return wait;
        }
        foreach (var (key, _) in counted)
        {
            await using var count = database.CreateCommand("""
                insert into identity.attempt as a (key, failures, failed_at) values ($1, 1, $2)
                on conflict (key) do update set failures = case when a.failed_at < $3 then 1 else a.failures + 1 end, failed_at = $2
                """);
            count.With(key, now, now - Forgotten);
            await count.ExecuteNonQueryAsync(cancel);
        }
        return TimeSpan.Zero;
    }

    /// <summary>The attempt succeeded: its pair starts afresh, the wider counters forget this one try.</summary>
    public async Task ClearAsync(string subject, HttpContext http, CancellationToken cancel)
    {
        var counted = Keys(subject, NetworkOf(http));
        await using var pair = database.CreateCommand("delete from identity.attempt where key = $1");
        pair.With(counted[0].Key);
        await pair.ExecuteNonQueryAsync(cancel);
        await using var wide = database.CreateCommand("update identity.attempt set failures = greatest(failures - 1, 0) where key in ($1, $2)");
        wide.With(counted[1].Key, counted[2].Key);
        await wide.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The rest of the wait after so many failures, the last of them <paramref name="since"/> ago.</summary>
    internal static TimeSpan Wait(Limit limit, int failures, TimeSpan since)
    {
        if (failures < limit.Free || since > Forgotten)
        {
            return TimeSpan.Zero;
        }
        var full = Math.Min(limit.Longest.TotalSeconds, Math.Pow(2, Math.Min(failures - limit.Free + 1, 20)));
        var left = TimeSpan.FromSeconds(full) - since;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    (byte[] Key, Limit Limit)[] Keys(string subject, string network)
    {
        var account = subject.Trim().ToUpperInvariant();
        return
        [
            (keys.BlindIndex("attempt-pair", account + "|" + network), Pair),
            (keys.BlindIndex("attempt-account", account), WholeAccount),
            (keys.BlindIndex("attempt-network", network), Network),
        ];
    }

    // A home's IPv6 network is a /64: its owner has every address in it.
    static string NetworkOf(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        if (address is null)
        {
            return "unknown";
        }
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        var bytes = address.GetAddressBytes();
        return Convert.ToHexString(bytes.Length == 16 ? bytes[..8] : bytes);
    }
}
