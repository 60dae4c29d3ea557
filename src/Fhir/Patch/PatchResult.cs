using Fhir.Json;
using Fhir.Model;
using Fhir.Validation;

namespace Fhir.Patch;

/// <summary>What a patch came to.</summary>
public enum PatchOutcome
{
    /// <summary>Applied; the result is a well-formed resource.</summary>
    Applied,

    /// <summary>The patch itself is malformed (HTTP 400).</summary>
    Malformed,

    /// <summary>The patch cannot be applied to this resource: a path leads nowhere, a test fails, or the result is no well-formed resource (HTTP 422).</summary>
    Refused,
}

/// <summary>The answer to a patch.</summary>
/// <param name="Resource">The patched resource; null unless applied.</param>
/// <param name="Message">Why it was not applied; null if it was.</param>
/// <param name="Issues">Faults of form of the patched text, where those are the reason.</param>
public sealed record PatchResult(PatchOutcome Outcome, Element? Resource, string? Message, IReadOnlyList<ValidationIssue> Issues)
{
    internal static PatchResult Malformed(string message) => new(PatchOutcome.Malformed, null, message, []);

    internal static PatchResult Refused(string message) => new(PatchOutcome.Refused, null, message, []);

    /// <summary>Reads what a patch made; type and id may not change.</summary>
    internal static PatchResult From(byte[] json, Element original)
    {
        var read = FhirJson.Read(json);
        if (read.Root is null || read.Issues.Count > 0)
        {
            return new PatchResult(PatchOutcome.Refused, null, "The patched text is not a well-formed resource.", read.Issues);
        }

        if (read.Root.TypeName != original.TypeName || read.Root.Child("id")?.Text != original.Child("id")?.Text)
        {
            return Refused("A patch may not change a resource's type or id.");
        }

        return new PatchResult(PatchOutcome.Applied, read.Root, null, []);
    }
}
