using KantaConnector.Documents;

namespace KantaConnector.Messages;

/// <summary>
/// What an HL7 V3 Medical Records message says besides the document. The two archiving interactions are those of published messages;
/// others are not publicly known and come from settings.
/// </summary>
internal sealed record MessageHeader
{
    /// <summary>New for every attempt.</summary>
    public required string MessageId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Root element and interaction, such as RCMR_IN100002FI01.</summary>
    public required string Interaction { get; init; }

    /// <summary>Trigger event in 2.16.840.1.113883.1.18.</summary>
    public required string Trigger { get; init; }
    /// <summary>Palvelupyyntö, 1.2.246.537.5.40157.2008; left out where a question needs none.</summary>
    public Coded? ServiceRequest { get; init; }

    /// <summary>P production, T training, D debugging.</summary>
    public required string ProcessingCode { get; init; }

    /// <summary>OIDs of the specifications obeyed; the first is the Medical Records specification.</summary>
    public required IReadOnlyList<string> Profiles { get; init; }
    public required string ReceiverOid { get; init; }
    public required string SenderOid { get; init; }
    public required string ProviderOid { get; init; }
    public string TimeZone { get; init; } = "Europe/Helsinki";
}
