using System.Text;
using System.Xml.Linq;
using KantaConnector.Documents;

namespace KantaConnector.Messages;

/// <summary>A Medical Records message taken apart.</summary>
/// <param name="ClinicalDocument">The wrapper's clinicalDocument.</param>
/// <param name="ContentId">Document OID that the payload names.</param>
internal sealed record ReadMessage(string Interaction, string? MessageId, XElement ClinicalDocument, string? ContentId, byte[] Cda);

/// <summary>
/// Reads a Medical Records message, bare or in a SOAP envelope. Published senders disagree on the order of MIME headers and on folding, so
/// only the lines that matter are looked for. Errors: <see cref="FormatException"/>, and <see cref="System.Xml.XmlException"/> for bad XML.
/// </summary>
internal static class MessageReader
{
    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";
    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";

    public static ReadMessage Read(ReadOnlyMemory<byte> utf8)
    {
        var root = SafeXml.Linq(utf8).Root!;
        if (root.Name == Soap + "Envelope")
        {
            root = root.Element(Soap + "Body")?.Elements().FirstOrDefault() ?? throw new FormatException("The SOAP body is empty.");
        }
        var document = root.Element(Hl7 + "controlActProcess")?.Element(Hl7 + "subject")?.Element(Hl7 + "clinicalDocument")
            ?? throw new FormatException($"{root.Name.LocalName} holds no clinicalDocument.");
        var (contentId, cda) = Payload(document.Element(Hl7 + "text")?.Value ?? throw new FormatException("The message has no payload."));
        return new ReadMessage(root.Name.LocalName, (string?)root.Element(Hl7 + "id")?.Attribute("root"), document, contentId, cda);
    }

    internal static (string? ContentId, byte[] Cda) Payload(string mime)
    {
        var lines = mime.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).ToArray();
        var encoding = Array.FindIndex(lines, line => line.StartsWith("Content-Transfer-Encoding:", StringComparison.OrdinalIgnoreCase));
        if (encoding < 0 || !lines[encoding].EndsWith("base64", StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException("The payload has no base64 part.");
        }
        var start = Array.FindIndex(lines, encoding, line => line.Length == 0) + 1;
        var id = lines.Take(start).LastOrDefault(line => line.StartsWith("Content-ID:", StringComparison.OrdinalIgnoreCase));
        var base64 = new StringBuilder();
        foreach (var line in lines.Skip(start).TakeWhile(line => !line.StartsWith("--", StringComparison.Ordinal)))
        {
            base64.Append(line);
        }
        return (id?["Content-ID:".Length..].Trim().Trim('<', '>'), Convert.FromBase64String(base64.ToString()));
    }
}
