using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KantaSimulator.Signature;

namespace KantaSimulator.Appointments;

/// <summary>
/// The Bundle's signature. That a Bundle is signed is verified about Kanta; how is not. This simulator reads <c>Bundle.signature.data</c> as a
/// detached JWS (RFC 7515 appendix F, RS256, certificate in x5c) over the Bundle without its signature, in canonical form: members sorted by
/// name, no whitespace, numbers as sent.
/// </summary>
internal sealed class BundleSignature(TrustedCas authorities)
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What is wrong with the signature; null when it is right. A missing one is wrong only when <paramref name="required"/>.</summary>
    public string? Judge(JsonElement bundle, bool required)
    {
        if (bundle.Child("signature") is not { } signature)
            return required ? "absent" : null;
        try
        {
            var jws = Encoding.ASCII.GetString(Convert.FromBase64String(signature.Text("data") ?? "")).Split('.');
            if (jws is not [var head, "", var value])
                return "data is not a detached JWS";
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(head));
            if (header.RootElement.Text("alg") != "RS256" || header.RootElement.Items("x5c") is not [var first, ..] || first.ValueKind != JsonValueKind.String)
                return "alg is not RS256, or x5c is missing";
            using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(first.GetString()!));
            using var key = certificate.GetRSAPublicKey();
            if (key is null || !authorities.Issued(certificate))
                return "certificate is not issued by the configured CA";
            var signed = Encoding.ASCII.GetBytes($"{head}.{Base64Url.EncodeToString(Canonical(bundle))}");
            return key.VerifyData(signed, Base64Url.DecodeFromChars(value), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ? null : "value does not verify";
        }
        catch (Exception e) when (e is FormatException or JsonException or CryptographicException)
        {
            return e.Message;
        }
    }

    /// <summary>The bytes that are signed.</summary>
    public static byte[] Canonical(JsonElement bundle)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, Compact))
            Write(writer, bundle, skip: "signature");
        return output.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element, string? skip = null)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().Where(m => m.Name != skip).OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
