using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml;
using System.Xml.Linq;
using KantaConnector.Documents;
using KantaConnector.Signing;

namespace Benchmarks.Kanta;

/// <summary>
/// Building and signing a note, against what cannot be spared: one RSA-2048 signature over as many bytes as the document's SignedInfo has, and writing the
/// finished document once by the framework's XmlWriter.
/// </summary>
internal sealed class KantaBuildBenchmark : IBenchmark
{
    public string Name => "kanta-build";

    public string Help => "documents built and signed in a second on one core | one RSA-2048 signature and plain serialisation of the same bytes; at least 60 %";

    public IEnumerable<Figure> Run(bool quick)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Benchmark", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = new SystemCertificate(request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)));
        var note = SampleDocuments.Note(1);
        var signed = Build();
        if (SignatureVerifier.Verify(signed) is { Intact: false } report)
        {
            throw new InvalidOperationException("The document that is built carries no whole signature: " + string.Join("; ", report.Problems));
        }

        var finished = SafeXml.Linq(signed);
        var info = RandomNumberGenerator.GetBytes(SignedInfoLength(signed));
        // Both by turns, so that neither has the cooler machine.
        var ours = new List<double>();
        var least = new List<double>();
        for (var round = 0; round < (quick ? 3 : 5); round++)
        {
            ours.Add(Timing.Microseconds(() => Build(), quick));
            least.Add(Timing.Microseconds(Least, quick));
        }

        return [Share.Of(Name, 1e6 / ours.Order().ElementAt(ours.Count / 2), 1e6 / least.Order().ElementAt(least.Count / 2), "documents/s", 0.6)];

        byte[] Build()
        {
            var built = CdaBuilder.Build(note);
            return SystemSignature.Sign(built.Cda, (built.SignatureAt, built.BodyStart, built.BodyLength), certificate, DateTimeOffset.UtcNow, Guid.NewGuid());
        }

        void Least()
        {
            certificate.Key.SignData(info, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var stream = new MemoryStream(signed.Length);
            using var writer = XmlWriter.Create(stream, new XmlWriterSettings { OmitXmlDeclaration = true });
            finished.WriteTo(writer);
        }
    }

    private static int SignedInfoLength(ReadOnlySpan<byte> signed) =>
        signed.IndexOf("</SignedInfo>"u8) + "</SignedInfo>"u8.Length - signed.IndexOf("<SignedInfo"u8);
}
