using System.Collections.Concurrent;
using Fhir.Model;

namespace Fhir.Validation;

/// <summary>Follows a discriminator's path — $this, names, extension('url'), resolve(), ofType(T) — through a definition and through a value.</summary>
internal static class DiscriminatorPath
{
    private static readonly ConcurrentDictionary<string, string[]> Split = new(StringComparer.Ordinal);

    /// <summary>The definitions that the path leads to; none where the profile says nothing there.</summary>
    public static IEnumerable<ProfileNode> Nodes(ProfileNode slice, string path, FhirValidator validator)
    {
        IEnumerable<ProfileNode> at = [slice];
        foreach (var step in Steps(path))
        {
            at = at.SelectMany(n => Step(n, step, validator)).ToArray();
        }

        return at;
    }

    /// <summary>The elements of a value that the path leads to.</summary>
    public static IEnumerable<Element> Values(Element value, string path, ValidationRun run)
    {
        IEnumerable<Element> at = [value];
        foreach (var step in Steps(path))
        {
            at = at.SelectMany(e => Step(e, step, run));
        }

        return at;
    }

    private static IEnumerable<ProfileNode> Step(ProfileNode node, string step, FhirValidator validator)
    {
        if (step == "$this" || step.StartsWith("ofType(", StringComparison.Ordinal))
        {
            return [node];
        }

        if (step == "resolve()")
        {
            return node.Facts.Types.SelectMany(t => t.TargetProfiles).Select(validator.Profile).OfType<ProfileNode>();
        }

        if (Argument(step, "extension") is { } url)
        {
            return node.Child("extension")?.Slices.Where(s => s.Facts.Types.Any(t => t.Profiles.Contains(url))) ?? [];
        }

        if (node.Child(step) is { } child)
        {
            // The slices of the element below may say what the element itself leaves open.
            return child.StatesValueBelow || child.Slices.Count == 0 ? [child] : [child, .. child.Slices];
        }

        return node.Facts.Types.SelectMany(t => t.Profiles).Select(validator.Profile).OfType<ProfileNode>().SelectMany(p => Step(p, step, validator));
    }

    private static IEnumerable<Element> Step(Element element, string step, ValidationRun run)
    {
        if (step == "$this")
        {
            return [element];
        }

        if (step == "resolve()")
        {
            return run.Target(element) is { } target ? [target] : [];
        }

        if (Argument(step, "extension") is { } url)
        {
            return element.ChildrenNamed("extension").Where(e => e.Child("url")?.Text == url);
        }

        return Argument(step, "ofType") is { } type ? element.TypeName == type ? [element] : [] : element.ChildrenNamed(step);
    }

    private static string? Argument(string step, string function) =>
        step.StartsWith(function + "(", StringComparison.Ordinal) && step[^1] == ')' ? step[(function.Length + 1)..^1].Trim('\'', '"', ' ') : null;

    // Dots inside parentheses belong to an address.
    private static string[] Steps(string path) => Split.GetOrAdd(path, static p =>
    {
        var steps = new List<string>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i < p.Length; i++)
        {
            depth += p[i] == '(' ? 1 : p[i] == ')' ? -1 : 0;
            if (p[i] == '.' && depth == 0)
            {
                steps.Add(p[start..i]);
                start = i + 1;
            }
        }

        steps.Add(p[start..]);
        return [.. steps];
    });
}
