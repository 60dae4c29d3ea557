using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Xml;
using System.Xml.Schema;
using KantaConnector.Documents;
using KantaConnector.Messages;
using KantaConnector.Signing;
using KantaConnector.Tests.Documents;
using Shouldly;

namespace KantaConnector.Tests.Signing;

/// <summary>
/// The Finnish schemas give many elements attributes by default (classCode, moodCode, mediaType …). What is digested is what was written: a reader that
/// validates adds them, so a digest over what it hands out is another one.
/// </summary>
public class SchemaDefaultsTests
{
    [Theory]
    [MemberData(nameof(CdaBuilderTests.Kinds), MemberType = typeof(CdaBuilderTests))]
    public void Ours_ReadAgainWithTheSchemas_DigestsTheSame_OnlyWithoutTheirDefaults(string kind)
    {
        using var certificate = Some.Certificate();
        var signed = Some.Signed(CdaBuilderTests.Build(kind), certificate);
        Check(signed);
    }

    [Theory]
    [InlineData("RCMR_IN100002FI01.xml")]
    [InlineData("RCMR_IN100016FI01.xml")]
    public void Published_ReadAgainWithTheSchemas_DigestsTheSame_OnlyWithoutTheirDefaults(string sample) =>
        Check(MessageReader.Read(File.ReadAllBytes(OutsideMaterial.Kanta(sample))).Cda);

    private static void Check(ReadOnlyMemory<byte> signed)
    {
        var stated = SignatureVerifier.Verify(signed);
        stated.Problems.ShouldBeEmpty();
        var before = signed.ToArray();
        new CdaSchemas(OutsideMaterial.Kanta("schemas")).Problems(signed);
        signed.Span.SequenceEqual(before).ShouldBeTrue("validating leaves the bytes alone");

        var validated = Validated(signed);
        var body = (XmlElement)validated.GetElementsByTagName("structuredBody", "urn:hl7-org:v3")[0]!;
        var added = body.SelectNodes("descendant-or-self::*/@*")!.Cast<XmlAttribute>().Where(attribute => !attribute.Specified).ToArray();
        added.ShouldNotBeEmpty("the schemas add something, or this proves nothing");
        var reference = stated.References.Single(one => one.Uri == "#" + body.GetAttribute("ID"));
        Digest(body, defaults: true).ShouldNotBe(reference.Stated, "with the defaults it is another document");
        Digest(body, defaults: false).ShouldBe(reference.Stated);
    }

    private static XmlDocument Validated(ReadOnlyMemory<byte> cda)
    {
        var schemas = new XmlSchemaSet { XmlResolver = new XmlUrlResolver() };
        using (var schema = XmlReader.Create(OutsideMaterial.Kanta("schemas/CDA_Fi.xsd"), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit }))
        {
            schemas.Add(null, schema);
        }
        var settings = SafeXml.Settings(64 * 1024 * 1024);
        (settings.ValidationType, settings.Schemas) = (ValidationType.Schema, schemas);
        using var reader = XmlReader.Create(new MemoryStream(cda.ToArray()), settings);
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.Load(reader);
        return document;
    }

    private static string Digest(XmlElement body, bool defaults)
    {
        using var text = new StringWriter();
        using (var writer = new XmlTextWriter(text))
        {
            Copy(body, writer, defaults);
        }
        using var reader = XmlReader.Create(new StringReader(text.ToString()), SafeXml.Settings(64 * 1024 * 1024));
        var alone = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        alone.Load(reader);
        var canonical = new XmlDsigExcC14NTransform();
        canonical.LoadInput(alone);
        return Convert.ToBase64String(SHA256.HashData((Stream)canonical.GetOutput(typeof(Stream))));
    }

    private static void Copy(XmlNode node, XmlTextWriter writer, bool defaults)
    {
        if (node is not XmlElement element)
        {
            node.WriteTo(writer);
            return;
        }
        writer.WriteStartElement(element.Prefix, element.LocalName, element.NamespaceURI);
        foreach (var attribute in element.Attributes.Cast<XmlAttribute>().Where(attribute => defaults || attribute.Specified))
        {
            writer.WriteAttributeString(attribute.Prefix, attribute.LocalName, attribute.NamespaceURI, attribute.Value);
        }
        foreach (XmlNode child in element.ChildNodes)
        {
            Copy(child, writer, defaults);
        }
        writer.WriteEndElement();
    }
}
