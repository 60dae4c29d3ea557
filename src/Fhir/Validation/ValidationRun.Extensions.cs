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

        if (_validator.Library.FindStructure(url) is not { Type: "Extension" } structure || _validator.Profile(url) is not { } node)
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

        var host = extension.Parent!;
        if (structure.Contexts.Count > 0 && !structure.Contexts.Any(c => FitsContext(host, c)))
        {
            Error("extension-context", extension, $"The extension {url} may stand on {string.Join(" or ", structure.Contexts.Select(c => c.Expression))}, not here. Move or remove it.");
        }

        foreach (var invariant in structure.ContextInvariants)
        {
            if (!new Invariant(new ConstraintFacts("context", true, invariant, null)).Holds(host, _environment))
            {
                Error("extension-context", extension, $"The extension {url} may stand only where this holds: {invariant}");
            }
        }

        CheckValue(extension, node);
    }

    private bool FitsContext(Element host, ExtensionContext context)
    {
        switch (context.Type)
        {
            case "extension":
                return host.TypeName == "Extension" && host.Child("url")?.Text == context.Expression;
            case "fhirpath":
                var root = host.Resource;
                return FhirPathExpression.Cached(context.Expression, null, FhirPathRules.Definitions).Evaluate(root, _environment).Any(v => v.Kind == PathKind.Element && ReferenceEquals(v.AsElement, host));
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
        for (var at = url; at is not null; at = _validator.Library.FindStructure(at)?.BaseDefinition)
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
