using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using FsCheck;
using FsCheck.Fluent;
using KantaConnector.Documents;
using Shouldly;

namespace KantaConnector.Tests.Documents;

public class CanonicalXmlWriterTests
{
    [Fact]
    public void Write_AnyText_EqualsWhatExclusiveCanonicalisationMakesOfIt() =>
        Prop.ForAll<string, string>((text, attribute) =>
        {
            text = Writable(text);
            attribute = Writable(attribute);
            var written = Sample(text, attribute);
            written.ShouldBe(Canonicalise(written));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("a&b<c>d\"e'f")]
    [InlineData("tab\tnew\nline\rreturn")]
    [InlineData("äö🙂 \u00A0\u2028]]>")]
    public void Write_SpecialCharacters_AreCanonicalAndReadBack(string text)
    {
        var written = Sample(text, text);
        written.ShouldBe(Canonicalise(written));
        var root = SafeXml.Dom(Encoding.UTF8.GetBytes(written)).DocumentElement!;
        root.FirstChild!.FirstChild!.Value.ShouldBe(text);
        root.FirstChild!.Attributes!["a"]!.Value.ShouldBe(text);
    }

    [Theory]
    [InlineData("nul\0")]
    [InlineData("\u000B")]
    [InlineData("\uFFFE")]
    public void Write_CharacterOutsideXml_Throws(string text)
    {
        CanonicalXmlWriter.IsWritable(text).ShouldBeFalse();
        Should.Throw<XmlException>(() => Sample(text, "a"));
    }

    [Fact]
    public void Write_LoneSurrogate_IsNotWritableAndThrows()
    {
        var lone = "\uD800x"[..1];
        CanonicalXmlWriter.IsWritable(lone).ShouldBeFalse();
        Should.Throw<EncoderFallbackException>(() => Sample(lone, "a"));
    }

    [Fact]
    public void Attribute_OutOfOrder_Throws() => Should.Throw<InvalidOperationException>(() =>
        new CanonicalXmlWriter().Start("a"u8, Ns.Hl7V3).Attribute("root"u8, "1").Attribute("extension"u8, "2"));

    private static string Sample(string text, string attribute)
    {
        var xml = new CanonicalXmlWriter(16);
        xml.Start("root"u8, Ns.Hl7V3).Start("x"u8).Attribute("ID"u8, "1").Attribute("a"u8, attribute).Text(text).End();
        xml.Start("fi"u8, Ns.Hl7Finland).Start("inner"u8).End().Start("back"u8, Ns.Hl7V3).End().End();
        xml.StartTyped("value"u8).Attribute("code"u8, "c").XsiType("CV").End();
        return Encoding.UTF8.GetString(xml.End().ToArray());
    }

    private static string Canonicalise(string xml)
    {
        var transform = new XmlDsigExcC14NTransform();
        transform.LoadInput(SafeXml.Dom(Encoding.UTF8.GetBytes(xml)));
        using var reader = new StreamReader((Stream)transform.GetOutput(typeof(Stream)));
        return reader.ReadToEnd();
    }

    private static string Writable(string? text)
    {
        var kept = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (CanonicalXmlWriter.IsWritable(rune.ToString()))
            {
                kept.Append(rune.ToString());
            }
        }
        return kept.ToString();
    }
}
