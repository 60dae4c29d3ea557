using Fhir.Definitions;

namespace Fhir.Validation;

/// <summary>What the text of a reference says by itself.</summary>
/// <param name="Base">What stands before "Type/id" in an absolute address; null for a relative one.</param>
internal readonly record struct ReferenceTarget(string? Base, string? Type, string? Id, string? Version)
{
    /// <summary>Reads "Type/id", "Type/id/_history/v" and absolute addresses that end so. Anything else gives no type.</summary>
    public static ReferenceTarget Parse(string reference)
    {
        var end = reference.AsSpan().IndexOfAny('#', '?');
        var text = end < 0 ? reference : reference[..end];
        string? version = null;
        var history = text.IndexOf("/_history/", StringComparison.Ordinal);
        if (history > 0)
        {
            version = text[(history + 10)..];
            text = text[..history];
        }

        var slash = text.LastIndexOf('/');
        if (slash <= 0 || slash == text.Length - 1)
        {
            return default;
        }

        var before = text.LastIndexOf('/', slash - 1);
        var type = text[(before + 1)..slash];
        return FhirTypes.IsResource(type) ? new ReferenceTarget(before < 0 ? null : text[..before], type, text[(slash + 1)..], version) : default;
    }
}
