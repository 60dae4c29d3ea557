using System.Text;
using Fhir.Definitions;
using Fhir.FhirPath;
using Fhir.FhirPath.Values;
using Fhir.Model;

namespace Fhir.Validation;

internal sealed partial class ValidationRun
{
    /// <summary>Checks an extension by the definition that its url names: content, place, and whether it may change meaning.</summary>
    private void CheckExtension(Element extension)
    {
        var hasValue = extension.Child("value") is not null;
        if (hasValue == extension.Child("extension") is not null)
        {
            Error("ext-1", extension, hasValue ? "An extension has a value or extensions, not both. Keep one." : "An extension needs a value or extensions.");
        }

        if (extension.Child("url") is not { Text: { } url } urlElement)
        {
            return;
        }

        var isModifier = extension.Name == "modifierExtension";
        if (!url.Contains(':', StringComparison.Ordinal))
        {
            if (extension.Parent is not { TypeName: "Extension" })
            {
                Error("extension-url", urlElement, "The url of an extension is absolute; only parts of a complex extension have short ones.");
            }

            return;
        }

        var (structure, node, fault) = _validator.Load(url);
        if (fault is not null)
        {
            Report(isModifier ? IssueSeverity.Error : IssueSeverity.Warning, "profile-unusable", extension, $"The definition of {url} cannot be used, so the extension was not checked: {fault}");
            return;
        }

        if (structure is not { Type: "Extension" } || node is null)
        {
            Report(isModifier ? IssueSeverity.Error : IssueSeverity.Information, "extension-unknown", extension, isModifier
                ? $"The extension {url} may change the meaning of what contains it, and its definition is not known. Load its package, or remove it." : $"The extension {url} is not known here; its content was not checked.");
            return;
        }

        if (structure.Elements[0].IsModifier != isModifier)
        {
            Error("extension-modifier", extension, isModifier
                ? $"{url} is no modifier: give it as 'extension'." : $"{url} changes the meaning of what contains it: give it as 'modifierExtension'.");
        }

        CheckContext(extension, url, structure);
        CheckValue(extension, node);
    }

    private void CheckContext(Element extension, string url, StructureDefinition structure)
    {
        var host = extension.Parent!;
        if (structure.Contexts.Count > 0 && !structure.Contexts.Any(c => FitsContext(host, c)))
        {
            Error("extension-context", extension, $"The extension {url} may stand on {string.Join(" or ", structure.Contexts.Select(c => c.Expression))}, not here. Move or remove it.");
        }

        foreach (var invariant in structure.ContextInvariants)
        {
            if (!Holds(invariant, extension))
            {
                Error("extension-context", extension, $"The extension {url} may stand only where this holds: {invariant}");
            }
        }
    }

    // Evaluated where the extension stands, with the extension at hand as %extension (R4, StructureDefinition.contextInvariant).
    private bool Holds(string contextInvariant, Element extension)
    {
        try
        {
            var environment = EnvironmentFor(extension.Resource, new Dictionary<string, IReadOnlyList<PathValue>> { ["extension"] = [PathValue.From(extension)] });
            return FhirPathExpression.Cached(contextInvariant, null, FhirPathRules.Definitions).Holds(extension.Parent, environment);
        }
        catch (FhirPathException e)
        {
            Report(IssueSeverity.Warning, "extension-context", extension, $"The rule on where the extension may stand could not be evaluated: {e.Message}");
            return true;
        }
    }

    private bool FitsContext(Element host, ExtensionContext context)
    {
        switch (context.Type)
        {
            case "extension":
                return host.TypeName == "Extension" && host.Child("url")?.Text == context.Expression;
            case "fhirpath":
                try
                {
                    return FhirPathExpression.Cached(context.Expression, null, FhirPathRules.Definitions).Evaluate(host.Resource, _environment)
                        .Any(v => v.Kind == PathKind.Element && ReferenceEquals(v.AsElement, host));
                }
                catch (FhirPathException e)
                {
                    Report(IssueSeverity.Warning, "extension-context", host, $"Whether an extension may stand here could not be evaluated: {e.Message}");
                    return true;
                }
        }

        var path = context.Expression;
        var hash = path.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0)
        {
            var profile = path[..hash];
            path = path[(hash + 1)..];
            if (!_claims.Exists(c => c.Resource == host.Resource && DerivesFrom(c.Url, profile)))
            {
                return false;
            }
        }

        if (path == "Element" || host.TypeName == path || host.Type.Is(path))
        {
            return true;
        }

        // By the element's own definition ("HumanName.family"), or by its path from the resource ("Patient.name.family").
        return SamePath(host.Property?.Path, path) || SamePath(PathFrom(host), path);
    }

    private bool DerivesFrom(string url, string profile)
    {
        for (var at = url; at is not null; at = _validator.Load(at).Structure?.BaseDefinition)
        {
            if (at == profile)
            {
                return true;
            }
        }

        return false;
    }

    private static bool SamePath(string? path, string wanted) =>
        path is not null && (path == wanted || (path.EndsWith("[x]", StringComparison.Ordinal) && path.AsSpan(0, path.Length - 3).SequenceEqual(wanted)));

    private static string PathFrom(Element element)
    {
        var names = new List<string>();
        var at = element;
        for (; !at.IsResource && at.Parent is not null; at = at.Parent)
        {
            names.Add(at.Property is { IsChoice: true } ? at.Name + "[x]" : at.Name);
        }

        names.Add(at.TypeName);
        names.Reverse();
        return new StringBuilder().AppendJoin('.', names).ToString();
    }
}
