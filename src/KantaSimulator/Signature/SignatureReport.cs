namespace KantaSimulator.Signature;

/// <summary>What was found out about one system signature: the claimed digests beside the computed ones, the value, the certificate.</summary>
internal sealed record SignatureReport
{
    public string Id { get; init; } = "";
    public string Timestamp { get; init; } = "";
    public string ClaimedTimestampDigest { get; init; } = "";
    public string ComputedTimestampDigest { get; init; } = "";
    public string ClaimedBodyDigest { get; init; } = "";
    public string ComputedBodyDigest { get; init; } = "";
    public bool ValueVerifies { get; init; }
    public string Subject { get; init; } = "";
    public string Issuer { get; init; } = "";
    public string NotBefore { get; init; } = "";
    public string NotAfter { get; init; } = "";
    public bool ChainTrusted { get; init; }
}
