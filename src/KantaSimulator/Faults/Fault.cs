namespace KantaSimulator.Faults;

/// <summary>One fault as it is asked for (docs/simulator-wire.md section 8); fields that a kind does not use are null.</summary>
internal sealed record Fault
{
    public required string Kind { get; init; }
    public int? Count { get; init; }
    public double? Share { get; init; }
    public int? Seed { get; init; }
    public string? Path { get; init; }
    public IReadOnlyDictionary<string, string>? Match { get; init; }
    public int? Milliseconds { get; init; }
    public string? Mode { get; init; }
    public int? Status { get; init; }
    public int? RetryAfter { get; init; }
    public int? RetryAfterDate { get; init; }
    public string? Text { get; init; }
    public string? Code { get; init; }
    public string? Type { get; init; }
    public string? When { get; init; }
    public string? How { get; init; }
    public string? Variant { get; init; }
    public bool? Archive { get; init; }
    public int? BytesPerSecond { get; init; }

    /// <summary>Short name for the ledger and the page.</summary>
    public string Name => string.Join(' ', new[] { Kind, Mode ?? Variant ?? When ?? Code ?? Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) }
        .Where(s => s is not null));

    /// <summary>True for faults of connections, before any request is read.</summary>
    public bool IsOfConnections => Kind is "down" or "tls";
}

/// <summary>A fault with how often it struck and how often it still may (null = until told).</summary>
internal sealed record FaultView(Fault Fault, int Hits, int? Remaining);
