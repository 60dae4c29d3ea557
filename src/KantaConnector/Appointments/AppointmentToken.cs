using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KantaConnector.Signing;

namespace KantaConnector.Appointments;

/// <summary>
/// Section <c>Kanta:Appointments:Token</c>: a JSON Web Token with each request. That Kanta has a specification of one is known, its content is not public: name of
/// the header and claims are settings without a claim of being right, and without a header there is no token.
/// </summary>
public sealed class TokenOptions
{
    /// <summary>HTTP header that carries it; empty: none is sent.</summary>
    public string Header { get; set; } = "";

    /// <summary>What stands before it in the header, its space included.</summary>
    public string Prefix { get; set; } = "Bearer ";

    /// <summary>Claims with fixed values, such as system and organisation, beside iss (the sender's OID), jti (the request's id), iat and exp.</summary>
    public IDictionary<string, string> Claims { get; } = new Dictionary<string, string>();

    /// <summary>Seconds from iat to exp.</summary>
    [Range(10, 3600)]
    public int Seconds { get; set; } = 120;
}

/// <summary>Writes the token: RS256, signed with the system certificate, which stands in x5c.</summary>
internal static class AppointmentToken
{
    public static string Write(TokenOptions options, string issuer, string requestId, SystemCertificate certificate, DateTimeOffset now)
    {
        var claims = new JsonObject { ["iss"] = $"urn:oid:{issuer}", ["jti"] = requestId, ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = now.AddSeconds(options.Seconds).ToUnixTimeSeconds() };
        foreach (var (name, value) in options.Claims)
        {
            claims[name] = value;
        }
        var head = new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["x5c"] = new JsonArray(certificate.Base64) };
        var signed = $"{Part(head)}.{Part(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(certificate.Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Part(JsonObject json) => Base64Url.EncodeToString(CanonicalJson.Write(json));
}
