namespace KantaSimulator.Faults;

// Well-formed XML that is no answer, or no answer to this.
internal static partial class GarbageCorpus
{
    private const string Envelope = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">";

    private static IEnumerable<Garbage> Soap()
    {
        yield return Body("soap12", "a SOAP 1.2 envelope", ack => ack.Replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", StringComparison.Ordinal));
        yield return Body("soap-no-body", "an envelope without a body", _ => Envelope + "<soap:Header/></soap:Envelope>");
        yield return Body("soap-empty-body", "an empty body", _ => Envelope + "<soap:Body/></soap:Envelope>");
        yield return Body("soap-two-bodies", "two bodies", ack => Between(ack, body => $"{Envelope}<soap:Body>{body}</soap:Body><soap:Body>{body}</soap:Body></soap:Envelope>"));
        yield return Body("soap-fault-200", "a SOAP fault with status 200", _ => SoapFault("soap:Server", "Internal error"));
        yield return Raw("soap-fault-500", "a SOAP fault with status 500", _ => Framed(Utf8.GetBytes(SoapFault("soap:Server", "Internal error")), status: "500 Internal Server Error"));
        yield return Raw("soap-fault-unknown", "a SOAP fault with an unknown code", _ => Framed(Utf8.GetBytes(SoapFault("x:Ei.Tunneta", "")), status: "500 Internal Server Error"));
        yield return Body("soap-must-understand", "a header that must be understood", ack => ack.Replace("<soap:Body>", "<soap:Header><m:x xmlns:m=\"urn:m\" soap:mustUnderstand=\"1\"/></soap:Header><soap:Body>", StringComparison.Ordinal));
        yield return Body("no-envelope", "the acknowledgement without an envelope", ack => Between(ack, body => body));
        yield return Body("echo", "some other well-formed XML", _ => "<echo xmlns=\"urn:example\">hello</echo>");
    }

    private static IEnumerable<Garbage> Acks()
    {
        yield return Body("ack-wrong-namespace", "an acknowledgement in another namespace", ack => ack.Replace("urn:hl7-org:v3", "urn:hl7-org:v2", StringComparison.Ordinal));
        yield return Body("ack-no-namespace", "an acknowledgement in no namespace", ack => ack.Replace(" xmlns=\"urn:hl7-org:v3\"", "", StringComparison.Ordinal));
        yield return Body("ack-other-interaction", "an answer of another interaction", ack => ack.Replace("MCCI_IN000002UV01", "PRPA_IN201306UV02", StringComparison.Ordinal));
        yield return Body("ack-without-acknowledgement", "a wrapper without an acknowledgement", ack => Without(ack, "<acknowledgement>", "</acknowledgement>"));
        yield return Body("ack-without-type", "an acknowledgement without a type", ack => Without(ack, "<typeCode", "/>"));
        yield return Body("ack-empty-type", "an empty type code", ack => WithType(ack, ""));
        yield return Body("ack-lowercase-type", "a type code in small letters", ack => WithType(ack, "aa"));
        yield return Body("ack-commit-type", "an accept-level type code (CA)", ack => WithType(ack, "CA"));
        yield return Body("ack-spaced-type", "a type code with spaces", ack => WithType(ack, " AA "));
        yield return Body("ack-two-types", "two type codes that contradict each other", ack => ack.Replace("<typeCode", "<typeCode code=\"AR\"/><typeCode", StringComparison.Ordinal));
        yield return Body("ack-empty-target", "an empty target message id", ack => ack.Replace("<targetMessage><id root=\"", "<targetMessage><id nullFlavor=\"NI\" title=\"", StringComparison.Ordinal));
        yield return Body("ack-aa-with-error", "accepted, with an error beside it", ack => WithDetail(WithType(ack, "AA"), 1));
        yield return Body("ack-ae-without-detail", "an error without any reason", ack => Without(WithType(ack, "AE"), "<acknowledgementDetail", "</acknowledgementDetail>"));
        yield return Body("ack-10000-details", "ten thousand errors", ack => WithDetail(WithType(ack, "AE"), 10_000));
        yield return Body("ack-text-1mb", "an error text of a megabyte", ack => WithDetail(WithType(ack, "AE"), 1, new string('ä', 1 << 20)));
        yield return Body("ack-markup-in-text", "an error text with script in it", ack => WithDetail(WithType(ack, "AE"), 1, "&lt;script&gt;alert(1)&lt;/script&gt;"));
        yield return Body("ack-as-text", "the acknowledgement as character data", ack => Between(ack, body => $"{Envelope}<soap:Body><reply><![CDATA[{body}]]></reply></soap:Body></soap:Envelope>"));
        yield return Body("ack-in-header", "the acknowledgement in the SOAP header", ack => Between(ack, body => $"{Envelope}<soap:Header>{body}</soap:Header><soap:Body/></soap:Envelope>"));
        yield return Body("ack-in-comment", "the acknowledgement in a comment", ack => Between(ack, body => $"{Envelope}<soap:Body><!-- {body} --></soap:Body></soap:Envelope>"));
    }

    private static string SoapFault(string code, string text) =>
        $"{Envelope}<soap:Body><soap:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring></soap:Fault></soap:Body></soap:Envelope>";

    private static string WithType(string ack, string type)
    {
        var at = ack.IndexOf("<typeCode code=\"", StringComparison.Ordinal);
        return at < 0 ? ack : ack[..(at + 16)] + type + ack[ack.IndexOf('"', at + 16)..];
    }

    private static string WithDetail(string ack, int times, string text = "Virhe") => ack.Replace("</acknowledgement>", string.Concat(Enumerable.Repeat(
        $"<acknowledgementDetail typeCode=\"E\"><code code=\"SIM-W01\"/><text>{text}</text></acknowledgementDetail>", times)) + "</acknowledgement>", StringComparison.Ordinal);

    private static string Between(string ack, Func<string, string> make)
    {
        int from = ack.IndexOf("<soap:Body>", StringComparison.Ordinal) + 11, to = ack.IndexOf("</soap:Body>", StringComparison.Ordinal);
        return from < 11 || to < from ? ack : make(ack[from..to]);
    }

    private static string Without(string text, string from, string to)
    {
        int start;
        while ((start = text.IndexOf(from, StringComparison.Ordinal)) >= 0)
            text = text.Remove(start, text.IndexOf(to, start, StringComparison.Ordinal) + to.Length - start);
        return text;
    }
}
