using System.Globalization;

namespace KantaSimulator.Tests.Samples;

/// <summary>What an own sample message is about. The person, organisations and codes are made up; the identity code is of the published test series.</summary>
internal sealed record OwnSample
{
    public const string Organisation = "1.2.246.10.99999991";
    public const string Identity = "010594Y9032";

    private static int running;

    public required string DocumentId { get; init; }
    public required string SetId { get; init; }
    public int Version { get; init; } = 1;
    public string ParentId { get; init; } = "";
    public required string ServiceEvent { get; init; }
    public bool IsServiceEvent { get; init; }
    public string Text { get; init; } = "Polven liikelaajuus on parantunut.";
    public string PatientRoot { get; init; } = "1.2.246.21";
    public string PatientId { get; init; } = Identity;
    public string Birth { get; init; } = "19940501";
    public DateTimeOffset Time { get; init; } = TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki"));

    public string Stamp => Time.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    public static string NewOid(int kind) => $"{Organisation}.{kind}.2026.{Environment.ProcessId}.{Interlocked.Increment(ref running)}";

    public static OwnSample NewServiceEvent()
    {
        var id = NewOid(93);
        return new OwnSample { DocumentId = id, SetId = id, ServiceEvent = NewOid(14011), IsServiceEvent = true };
    }

    public static OwnSample NewNote(string serviceEvent)
    {
        var id = NewOid(93);
        return new OwnSample { DocumentId = id, SetId = id, ServiceEvent = serviceEvent };
    }

    public OwnSample NextVersion() => this with { DocumentId = NewOid(93), Version = Version + 1, ParentId = DocumentId, Text = Text + " Korjattu." };

    public MessageParts Parts() => new(OwnWrapper.Write(this), OwnWrapper.Mime(this), OwnDocument.Write(this));

    /// <summary>The message, signed and whole.</summary>
    public string Compose(Signer signer)
    {
        var parts = Parts();
        return (parts with { Document = signer.Sign(parts.Document) }).Compose();
    }
}
