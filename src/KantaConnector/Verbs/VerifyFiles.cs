using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using KantaConnector.Documents;
using KantaConnector.Messages;
using KantaConnector.Signing;

namespace KantaConnector.Verbs;

/// <summary>
/// <c>care kanta verify FILE…</c>: checks Medical Records messages and CDA documents without a database — structure, schema where its folder is
/// given, wrapper–document agreement, version chain over all files, digests, signature. The certificate's validity is told apart and decides nothing.
/// </summary>
public static class VerifyFiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <returns>0 when every file is sound, 1 when one is not, 2 when one cannot be read or none was named.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> files, string? schemaFolder, bool json, TextWriter output, CancellationToken cancel)
    {
        if (files.Count == 0)
        {
            await output.WriteLineAsync("usage: care kanta verify [--schemas FOLDER] [--json] FILE…");
            return 2;
        }
        CdaSchemas? schemas;
        try
        {
            schemas = schemaFolder is null ? null : new CdaSchemas(schemaFolder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or XmlException or XmlSchemaException)
        {
            await output.WriteLineAsync($"--schemas {schemaFolder}: CDA_Fi.xsd cannot be read there: {error.Message}");
            return 2;
        }
        var reports = new List<FileReport>();
        foreach (var file in files)
        {
            reports.Add(await Verify(file, schemas, cancel));
        }
        Chains(reports);
        foreach (var report in reports)
        {
            await output.WriteLineAsync(json ? JsonSerializer.Serialize(report, Json) : report.ToText());
        }
        return reports.Any(report => report.Unreadable) ? 2 : reports.Any(report => report.Problems.Count > 0) ? 1 : 0;
    }

    private static async Task<FileReport> Verify(string file, CdaSchemas? schemas, CancellationToken cancel)
    {
        var report = new FileReport { File = file };
        try
        {
            ReadOnlyMemory<byte> bytes = await File.ReadAllBytesAsync(file, cancel);
            var root = SafeXml.Linq(bytes);
            if (root.Root!.Name.LocalName != "ClinicalDocument")
            {
                var message = MessageReader.Read(bytes);
                bytes = message.Cda;
                root = SafeXml.Linq(bytes);
                report.Interaction = message.Interaction;
                report.MessageId = message.MessageId;
                report.Problems.AddRange(MessageAgreement.Differences(message, root).Select(field => $"wrapper and document differ: {field}"));
            }
            report.Describe(root, Convert.ToHexStringLower(SHA256.HashData(bytes.Span)));
            report.Problems.AddRange(CdaChecks.Problems(root));
            var against = schemas?.Problems(bytes);
            report.Schema = against is null ? "not checked: no folder with CDA_Fi.xsd was given (--schemas)" : against.Count == 0 ? "valid" : "not valid";
            report.Problems.AddRange(against?.Select(problem => "schema: " + problem) ?? []);
            report.Describe(SignatureVerifier.Verify(bytes));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or XmlException or FormatException)
        {
            report.Unreadable = true;
            report.Problems.Add(error.Message);
        }
        return report;
    }

    /// <summary>Files of one chain given together must continue one another.</summary>
    private static void Chains(List<FileReport> reports)
    {
        foreach (var chain in reports.Where(report => report.SetId is not null).GroupBy(report => report.SetId))
        {
            var versions = chain.OrderBy(report => report.Version).ToArray();
            for (var i = 1; i < versions.Length; i++)
            {
                if (versions[i].Version == versions[i - 1].Version && versions[i].Sha256 != versions[i - 1].Sha256)
                {
                    versions[i].Problems.Add($"another document is version {versions[i].Version} of the same set");
                }
                else if (versions[i].Version == versions[i - 1].Version + 1 && versions[i].Replaces != versions[i - 1].Document)
                {
                    versions[i].Problems.Add($"replaces {versions[i].Replaces}, not {versions[i - 1].Document}");
                }
            }
        }
    }

    private sealed class FileReport
    {
        private static readonly XNamespace Hl7 = "urn:hl7-org:v3";

        public required string File { get; init; }
        public string? Interaction { get; set; }
        public string? MessageId { get; set; }
        public string? Document { get; set; }
        public string? SetId { get; set; }
        public int Version { get; set; }
        public string? Replaces { get; set; }
        public string? Sha256 { get; set; }

        /// <summary>valid, not valid, or why it was not checked.</summary>
        public string? Schema { get; set; }
        public bool SignatureIntact { get; set; }
        public IReadOnlyList<SignedReference> References { get; set; } = [];
        public DateTimeOffset? SignedAt { get; set; }
        public string? Certificate { get; set; }
        public DateTimeOffset? CertificateUntil { get; set; }
        public bool CertificateWasValidAtSigning { get; set; }
        public List<string> Problems { get; } = [];
        [JsonIgnore]
        public bool Unreadable { get; set; }

        public void Describe(XDocument document, string sha256)
        {
            var root = document.Root!;
            Document = (string?)root.Element(Hl7 + "id")?.Attribute("root");
            SetId = (string?)root.Element(Hl7 + "setId")?.Attribute("root");
            Version = int.TryParse((string?)root.Element(Hl7 + "versionNumber")?.Attribute("value"), out var version) ? version : 0;
            Replaces = (string?)root.Element(Hl7 + "relatedDocument")?.Element(Hl7 + "parentDocument")?.Element(Hl7 + "id")?.Attribute("root");
            Sha256 = sha256;
        }

        public void Describe(SignatureReport signature)
        {
            SignatureIntact = signature.Intact;
            References = signature.References;
            SignedAt = signature.SignedAt;
            Certificate = signature.CertificateSubject;
            CertificateUntil = signature.CertificateUntil;
            CertificateWasValidAtSigning = signature.CertificateWasValidAtSigning;
            Problems.AddRange(signature.Problems.Select(problem => "signature: " + problem));
        }

        public string ToText()
        {
            var lines = new List<string> { $"{File}: {(Unreadable ? "unreadable" : Problems.Count == 0 ? "sound" : "not sound")}" };
            if (Document is not null)
            {
                lines.Add($"  {Interaction ?? "document"} {Document} version {Version}{(Replaces is null ? "" : $", replaces {Replaces}")}");
                lines.Add($"  schema {Schema}");
                lines.Add($"  signature {(SignatureIntact ? "intact" : "not intact")}{(SignedAt is { } at ? $", {at:yyyy-MM-dd HH:mm:ss} UTC" : "")}");
                lines.AddRange(References.Select(reference => $"    {reference.Uri} {reference.Digest}{(reference.Digest == reference.Stated ? "" : $" (stated {reference.Stated})")}"));
                lines.Add(Certificate is null ? "  no certificate" : $"  certificate {Certificate}, until {CertificateUntil:yyyy-MM-dd}: {(CertificateWasValidAtSigning ? "valid when signed" : "not valid when signed")}");
            }
            lines.AddRange(Problems.Select(problem => "  - " + problem));
            return string.Join(Environment.NewLine, lines);
        }
    }
}
