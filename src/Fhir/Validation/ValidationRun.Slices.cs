using Fhir.Definitions;
using Fhir.Model;

namespace Fhir.Validation;

internal sealed partial class ValidationRun
{
    /// <summary>Sorts values into slices and checks each slice: number, order, content, and whether anything may stand outside.</summary>
    private void CheckSlices(Element parent, ProfileNode node, ArraySegment<Element> values)
    {
        var slicing = node.Slicing!;
        var members = new List<Element>?[node.Slices.Count];
        var last = -1;
        var sawUnsliced = false;
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i];
            var slice = SliceOf(value, i, node);
            if (slice < 0)
            {
                if (slicing.Rules == "closed")
                {
                    Error("slicing-closed", value, $"The value fits none of the slices that '{node.Name}' allows: {string.Join(", ", node.Slices.Select(s => s.Facts.SliceName))}. Remove or correct it.");
                }

                sawUnsliced = true;
                continue;
            }

            if (slicing.Rules == "openAtEnd" && sawUnsliced)
            {
                Error("slicing-order", value, $"Values of slice '{node.Slices[slice].Facts.SliceName}' must stand before values outside the slices. Move it up.");
            }

            if (slicing.Ordered && slice < last)
            {
                Error("slicing-order", value, $"Values of slice '{node.Slices[slice].Facts.SliceName}' must stand before those of '{node.Slices[last].Facts.SliceName}'. Put them in the order of the slices.");
            }

            last = Math.Max(last, slice);
            (members[slice] ??= []).Add(value);
        }

        for (var s = 0; s < members.Length; s++)
        {
            CheckSlice(parent, node.Slices[s], members[s]);
        }
    }

    private void CheckSlice(Element parent, ProfileNode slice, List<Element>? members)
    {
        if (!slice.ChecksAnything)
        {
            return;
        }

        if (slice.ChecksCount)
        {
            CheckCount(parent, slice, members?.Count ?? 0, members is { Count: > 0 } ? members[Math.Min(slice.Max, members.Count - 1)] : null);
        }

        if (members is null && slice.Slices.Count == 0)
        {
            return;
        }

        if (slice.ChecksValue)
        {
            foreach (var member in members ?? [])
            {
                CheckValue(member, slice);
            }
        }

        if (slice.Slicing is not null)
        {
            CheckSlices(parent, slice, members is null ? ArraySegment<Element>.Empty : new ArraySegment<Element>([.. members]));
        }
    }

    private int SliceOf(Element value, int index, ProfileNode node)
    {
        for (var i = 0; i < node.Slices.Count; i++)
        {
            if (Matches(value, index, i, node.Slices[i], node.Slicing!.Discriminators))
            {
                return i;
            }
        }

        return -1;
    }

    private bool Matches(Element value, int index, int sliceNumber, ProfileNode slice, IReadOnlyList<DiscriminatorFacts> discriminators)
    {
        foreach (var discriminator in discriminators)
        {
            var holds = discriminator.Type switch
            {
                "value" or "pattern" => MatchesValue(value, slice, discriminator.Path),
                "exists" => MatchesExists(value, slice, discriminator.Path),
                "type" => MatchesType(value, slice, discriminator.Path),
                "profile" => MatchesProfile(value, slice, discriminator.Path),
                "position" => index == sliceNumber,
                _ => false,
            };
            if (!holds)
            {
                return false;
            }
        }

        // Without a discriminator only the content can tell.
        return discriminators.Count > 0 || Quietly(() => CheckValue(value, slice));
    }

    private bool MatchesValue(Element value, ProfileNode slice, string path)
    {
        if (path == "url" && slice.Name is "extension" or "modifierExtension" && slice.Facts.Types is [{ Profiles: [var profile, ..] }, ..])
        {
            return value.Child("url")?.Text == DefinitionLibrary.WithoutVersion(profile);
        }

        var nodes = DiscriminatorPath.Nodes(slice, path, _validator).Where(n => n.StatesValueBelow).ToArray();
        if (nodes.Length == 0)
        {
            return false;
        }

        // An absent value matches nothing: a slice is recognised by what is there. Several values must all agree, since the path is meant to name one.
        var any = false;
        foreach (var instance in DiscriminatorPath.Values(value, path, this))
        {
            any = true;
            if (!Array.Exists(nodes, n => HasValue(instance, n)))
            {
                return false;
            }
        }

        return any;
    }

    private bool HasValue(Element instance, ProfileNode node)
    {
        if (node.Fixed is not null || node.Pattern is not null)
        {
            return (node.Fixed is null || ValueMatch.Same(node.Fixed, instance)) && (node.Pattern is null || ValueMatch.Contains(node.Pattern, instance));
        }

        return node.Facts.Binding is { Strength: "required", ValueSet: { } set } && !node.Children.Exists(c => c.StatesValueBelow)
            ? CodesOf(instance).Any(c => InSet(set, c.System, c.Code) == true)
            : Quietly(() => CheckValue(instance, node));
    }

    private bool MatchesExists(Element value, ProfileNode slice, string path)
    {
        var exists = DiscriminatorPath.Values(value, path, this).Any();
        return DiscriminatorPath.Nodes(slice, path, _validator).Any(n => n.Max == 0 ? !exists : n.Min > 0 && exists);
    }

    private bool MatchesType(Element value, ProfileNode slice, string path)
    {
        var nodes = DiscriminatorPath.Nodes(slice, path, _validator).ToArray();
        return DiscriminatorPath.Values(value, path, this).Any(v => nodes.Any(n => n.Facts.Types.Count == 0
            ? n.Property is null && v.TypeName == n.Name : n.Facts.Types.Any(t => v.TypeName == t.Code || (v.IsResource && v.Type.Is(t.Code)))));
    }

    private bool MatchesProfile(Element value, ProfileNode slice, string path)
    {
        var byReference = path == "resolve()" || path.EndsWith(".resolve()", StringComparison.Ordinal);
        var definitionPath = byReference ? (path == "resolve()" ? "$this" : path[..^10]) : path;
        var profiles = DiscriminatorPath.Nodes(slice, definitionPath, _validator).SelectMany(n => n.Facts.Types).SelectMany(t => byReference ? t.TargetProfiles : t.Profiles).ToArray();
        return DiscriminatorPath.Values(value, path, this).Any(v => profiles.Any(p => Conforms(v, p) == true));
    }
}
