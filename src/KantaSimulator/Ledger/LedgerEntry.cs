using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Signature;

namespace KantaSimulator.Ledger;

/// <summary>One line of the ledger; which fields are set depends on <see cref="Kind"/> (docs/simulator-wire.md section 10).</summary>
internal sealed record LedgerEntry
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public long Seq { get; init; }
    public DateTimeOffset At { get; init; }
    public required string Kind { get; init; }
    public string Prev { get; init; } = "";
    public string? Version { get; init; }
    public long? DroppedBytes { get; init; }
    public string? Interaction { get; init; }
    public string? MessageId { get; init; }
    public string? Sender { get; init; }
    public string? Outcome { get; init; }
    public string? Answer { get; init; }
    public IReadOnlyList<FindingRow>? Findings { get; init; }
    public DocumentRow? Document { get; init; }
    public SignatureReport? Signature { get; init; }
    public string? DocumentId { get; init; }
    public string? ServiceEvent { get; init; }
    public string? Reason { get; init; }
    public int? Found { get; init; }
    public AppointmentRow? Appointment { get; init; }

    /// <summary>Name of the fault that was switched on for this request.</summary>
    public string? Fault { get; init; }

    /// <summary>The request as received, gzip, base64. Left out where entries are listed.</summary>
    public string? Raw { get; init; }
}

internal sealed record FindingRow(string Code, int Layer, string Severity, string Location, string Text)
{
    public static FindingRow From(Finding finding) => new(finding.Rule.Code, (int)finding.Rule.Layer,
        finding.Severity.ToString().ToLowerInvariant(), finding.Location, finding.Text);
}

/// <summary>What is filed of a document; <see cref="Sha256"/> is over its bytes as decoded from base64.</summary>
internal sealed record DocumentRow(string Id, string SetId, int Version, string Type, string Title, string Register, string Custodian, string ServiceEvent,
    string Master, string PatientRoot, string PatientId, string PatientName, string EffectiveTime, string ParentId, string Sha256, int Size)
{
    public static DocumentRow From(Metadata m, string title, string hash, int size) => new(m.Id, m.SetId, m.VersionNumber ?? 0, m.DocumentType, title,
        m.Register.Code, m.Custodian, m.ServiceEvent, m.Master, m.Patient.Root, m.Patient.Extension, m.PatientName, m.EffectiveTime, m.ParentId, hash, size);
}

/// <summary>One version of an appointment; <see cref="Resource"/> is null in the version that invalidates it.</summary>
internal sealed record AppointmentRow(string Id, int Version, bool Invalidated, JsonElement? Resource, JsonElement Provenance);
