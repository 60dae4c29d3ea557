using System.Text;

namespace KantaSimulator.Faults;

// Broken characters and broken or hostile XML.
internal static partial class GarbageCorpus
{
    private static IEnumerable<Garbage> Encodings()
    {
        yield return Raw("charset-utf16-claimed", "UTF-8 that claims to be UTF-16", ack => Framed(ack, "text/xml; charset=utf-16"));
        yield return Raw("charset-unknown", "a character set that nobody knows", ack => Framed(ack, "text/xml; charset=x-klingon"));
        yield return Raw("utf16-body", "the answer in UTF-16", ack => Framed([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Utf8.GetString(ack))]));
        yield return Raw("latin1-bytes", "ISO-8859-1 bytes that claim to be UTF-8", _ => Framed(Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?><virhe>Käyttöoikeusvirhe</virhe>")));
        yield return Raw("invalid-utf8", "bytes that are not UTF-8 in the middle", ack => Framed([.. ack[..(ack.Length / 2)], 0xC0, 0xAF, 0xFF, .. ack[(ack.Length / 2)..]]));
        yield return Raw("bom-twice", "two byte order marks", ack => Framed([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.Preamble, .. ack]));
        yield return Body("declared-latin1", "declared as ISO-8859-1", ack => ack.Replace("encoding=\"utf-8\"", "encoding=\"ISO-8859-1\"", StringComparison.OrdinalIgnoreCase));
        yield return Raw("nul-bytes", "NUL bytes after the answer", ack => Framed([.. ack, 0, 0, 0, 0]));
        yield return Raw("random-bytes", "four kilobytes of noise", _ => Framed(Noise()));
    }

    private static IEnumerable<Garbage> Xml()
    {
        yield return Raw("xml-half", "half of the XML, framed as if whole", ack => Framed(ack[..(ack.Length / 2)]));
        yield return Body("xml-without-end", "the last closing tag is missing", ack => ack[..ack.LastIndexOf("</", StringComparison.Ordinal)]);
        yield return Body("xml-two-roots", "two answers one after the other", ack => ack + ack[ack.IndexOf("<soap", StringComparison.Ordinal)..]);
        yield return Body("dtd-internal", "a document type with an internal entity as type code", ack => WithDtd(ack, "<!DOCTYPE a [<!ENTITY aa \"AA\">]>").Replace("code=\"AE\"", "code=\"&aa;\"", StringComparison.Ordinal));
        yield return Body("dtd-external", "a document type with an external entity", ack => WithDtd(ack, "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"));
        yield return Body("billion-laughs", "entities that grow to gigabytes", ack => WithDtd(ack, Laughs()));
        yield return new Garbage("deep-10000", "ten thousand levels", _ => Huge("", "<a>", 10_000, ""));
        yield return new Garbage("xml-50mb", "50 MB of elements before the acknowledgement", _ => Huge("<a>", "<b>" + new string('x', 993) + "</b>", 50_000, "</a>"));
        yield return new Garbage("comment-10mb", "a comment of 10 MB", _ => Huge("<!--", new string('x', 1000), 10_000, "--><a/>"));
        yield return new Garbage("attribute-10mb", "an attribute of 10 MB", _ => Huge("<a b=\"", new string('x', 1000), 10_000, "\"/>"));
        yield return Body("leading-whitespace", "a megabyte of whitespace before the XML declaration", ack => new string(' ', 1 << 20) + ack);
        yield return Body("control-character", "a character that XML does not have", ack => ack.Replace("<acknowledgement>", "<acknowledgement>&#1;", StringComparison.Ordinal));
        yield return Body("prefix-undeclared", "a prefix without a namespace", ack => ack.Replace("<acknowledgement>", "<x:y/><acknowledgement>", StringComparison.Ordinal));
        yield return Body("attribute-twice", "the same attribute twice", ack => ack.Replace("<typeCode ", "<typeCode code=\"AA\" ", StringComparison.Ordinal));
        yield return Body("only-declaration", "an XML declaration and nothing else", _ => "<?xml version=\"1.0\"?>");
        yield return Body("instructions-10000", "ten thousand processing instructions", ack => ack[..(ack.IndexOf("?>", StringComparison.Ordinal) + 2)] + string.Concat(Enumerable.Repeat("<?a b?>", 10_000)) + ack[(ack.IndexOf("?>", StringComparison.Ordinal) + 2)..]);
    }

    private static string WithDtd(string ack, string dtd) => ack.Insert(ack.IndexOf("?>", StringComparison.Ordinal) + 2, dtd);

    private static string Laughs() => "<!DOCTYPE a [<!ENTITY l0 \"lol\">" +
        string.Concat(Enumerable.Range(1, 10).Select(i => $"<!ENTITY l{i} \"{string.Concat(Enumerable.Repeat($"&l{i - 1};", 10))}\">")) + "]>";

    private static byte[] Noise()
    {
        var noise = new byte[4096];
        new Random(14).NextBytes(noise);
        return noise;
    }
}
