using System.Xml;
using System.Xml.Schema;

namespace KantaConnector.Documents;

/// <summary>
/// Validates documents against the Finnish CDA R2 schemas (CDA_Fi.xsd and what it includes), which are not part of this program:
/// a setting names their folder. Validation reads a copy, so that no schema default reaches the bytes that are signed.
/// </summary>
internal sealed class CdaSchemas
{
    private readonly XmlSchemaSet schemas = new() { XmlResolver = new XmlUrlResolver() };

    /// <param name="folder">Holds CDA_Fi.xsd. Errors: <see cref="FileNotFoundException"/>, <see cref="XmlSchemaException"/>.</param>
    public CdaSchemas(string folder)
    {
        var path = Path.Combine(folder, "CDA_Fi.xsd");
        using var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        schemas.Add(null, reader);
        schemas.Compile();
    }

    /// <returns>What the schema does not allow, with line positions left out since documents are one line.</returns>
    public IReadOnlyList<string> Problems(ReadOnlyMemory<byte> cda)
    {
        var problems = new List<string>();
        var settings = SafeXml.Settings(64 * 1024 * 1024);
        settings.ValidationType = ValidationType.Schema;
        settings.Schemas = schemas;
        settings.ValidationFlags = XmlSchemaValidationFlags.ProcessIdentityConstraints | XmlSchemaValidationFlags.ReportValidationWarnings;
        settings.ValidationEventHandler += (_, found) =>
        {
            // The signature's own namespace has no schema here; the signature is checked by verifying it.
            if (found.Severity == XmlSeverityType.Error)
            {
                problems.Add(found.Message);
            }
        };
        using var reader = XmlReader.Create(new MemoryStream(cda.ToArray(), writable: false), settings);
        while (reader.Read())
        {
        }
        return problems;
    }
}
