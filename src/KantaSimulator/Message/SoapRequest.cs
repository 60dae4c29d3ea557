using System.Xml;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Message;

/// <summary>The one element in the Body of a SOAP 1.1 request, or the rule that the request broke.</summary>
internal readonly record struct SoapRequest(XmlElement? Message, Rule? Fault, string Detail)
{
    /// <summary>Reads a request; see https://www.w3.org/TR/2000/NOTE-SOAP-20000508/ clauses 3 and 4.</summary>
    public static SoapRequest Read(ReadOnlySpan<byte> body)
    {
        var load = SafeXml.Load(body);
        if (load.Document is not { DocumentElement: { } envelope } document)
            return Refuse(load.Fault switch
            {
                XmlFault.Dtd => Rulebook.DtdPresent,
                XmlFault.TooDeep => Rulebook.TooDeep,
                XmlFault.Encoding => Rulebook.EncodingNotUtf8,
                _ => Rulebook.NotWellFormed,
            }, load.Detail);

        if (document.ChildNodes.OfType<XmlProcessingInstruction>().Any())
            return Refuse(Rulebook.ProcessingInstruction, "");
        var children = envelope.Elements().ToList();
        var bodies = children.Where(e => IsSoap(e, "Body")).ToList();
        if (!IsSoap(envelope, "Envelope") || bodies.Count != 1)
            return Refuse(Rulebook.NotSoap11, $"{envelope.NamespaceURI} {envelope.LocalName}");
        foreach (var header in children.Where(e => IsSoap(e, "Header")).SelectMany(h => h.Elements()))
            if (header.GetAttribute("mustUnderstand", XmlNav.Soap11) is "1" or "true")
                return Refuse(Rulebook.MustUnderstand, header.LocalName);
        var messages = bodies[0].Elements().ToList();
        if (messages.Count != 1)
            return Refuse(Rulebook.BodyNotOneMessage, $"{messages.Count} elements");

        // The message becomes a document of its own: places in a report then begin at the message, as in a stored file.
        var alone = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var message = (XmlElement)alone.ImportNode(messages[0], deep: true);
        alone.AppendChild(message);
        return new SoapRequest(message, null, "");
    }

    private static bool IsSoap(XmlElement element, string name) => element.NamespaceURI == XmlNav.Soap11 && element.LocalName == name;

    private static SoapRequest Refuse(Rule rule, string detail) => new(null, rule, detail);
}
