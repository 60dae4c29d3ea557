using System.Globalization;
using System.Xml.Linq;
using KantaConnector.Documents;
using KantaConnector.Messages;

namespace KantaConnector.Retrieval;

/// <summary>Reads the archive's answer to a query or a fetch: an acknowledgement of this very message and one clinicalDocument for each document.</summary>
internal static class QueryAnswer
{
    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";
    private static readonly XNamespace Simulator = "urn:carerecords:simulator";

    public static ArchiveReply Read(ReadOnlyMemory<byte> answer, string sentMessageId)
    {
        switch (Acknowledgement.Read(answer, sentMessageId))
        {
            case Acknowledgement.Unknown unknown:
                return new ArchiveReply.NoAnswer(unknown.Reason);
            case Acknowledgement.Refused refused:
                return new ArchiveReply.NoAnswer(string.Join("; ", refused.Details.Select(detail => $"{detail.Code} {detail.Text}").Prepend($"the question was refused ({refused.Type})")));
        }
        try
        {
            return new ArchiveReply.Found([.. Act(answer).Elements(Hl7 + "subject").Elements(Hl7 + "clinicalDocument").Select(Copy)]);
        }
        catch (FormatException error)
        {
            return new ArchiveReply.NoAnswer(error.Message);
        }
    }

    private static XElement Act(ReadOnlyMemory<byte> answer) =>
        SafeXml.Linq(answer).Descendants(Hl7 + "controlActProcess").FirstOrDefault() ?? new XElement(Hl7 + "controlActProcess");

    private static ArchivedCopy Copy(XElement document)
    {
        var oid = Root(document, "id") ?? throw new FormatException("The archive described a document without an id.");
        var payload = document.Element(Hl7 + "text") is { } text ? MessageReader.Payload(text.Value) : default;
        if (payload.Cda is not null && payload.ContentId != oid)
        {
            throw new FormatException($"The archive sent {payload.ContentId} where {oid} was named.");
        }
        return new ArchivedCopy(
            oid, Root(document, "setId"),
            int.TryParse((string?)document.Element(Hl7 + "versionNumber")?.Attribute("value"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0,
            (string?)document.Element(Hl7 + "statusCode")?.Attribute("code") == "nullified",
            Root(document.Element(Hl7 + "componentOf")?.Element(Hl7 + "encounterEvent"), "id"), payload.Cda,
            (string?)document.Element(Simulator + "sha256"));
    }

    private static string? Root(XElement? parent, string name) => (string?)parent?.Element(Hl7 + name)?.Attribute("root");
}
