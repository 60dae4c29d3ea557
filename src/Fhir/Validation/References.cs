using Fhir.Model;

namespace Fhir.Validation;

/// <summary>Follows references: to contained resources, to other entries of the Bundles around, and by the caller's resolver.</summary>
internal sealed class References(Func<string, Element?>? outside)
{
    private readonly Dictionary<Element, Dictionary<string, Element>> _bundles = [];

    /// <summary>The resource that a reference text means where <paramref name="from"/> stands, or null.</summary>
    public Element? Find(string reference, Element from)
    {
        if (reference.StartsWith('#'))
        {
            var container = from.RootResource;
            return reference.Length == 1 ? container : container.Contained(reference[1..]);
        }

        return InBundles(reference, from) ?? outside?.Invoke(reference);
    }

    /// <summary>The entry that a reference means in one of the Bundles around, or null.</summary>
    public Element? InBundles(string reference, Element from)
    {
        for (var at = from; at is not null; at = at.Parent)
        {
            if (at is not { TypeName: "Bundle", IsResource: true })
            {
                continue;
            }

            var known = ByUrl(at);
            if (known.TryGetValue(reference, out var found))
            {
                return found;
            }

            var target = ReferenceTarget.Parse(reference);
            if (target is { Type: not null, Base: null })
            {
                // Relative to the address of the entry that refers; without one, by type and id.
                var entryBase = EntryUrl(from, at) is { } url ? ReferenceTarget.Parse(url).Base : null;
                if (entryBase is not null && known.TryGetValue($"{entryBase}/{target.Type}/{target.Id}", out found))
                {
                    return found;
                }

                if (entryBase is null && known.TryGetValue($"{target.Type}/{target.Id}", out found))
                {
                    return found;
                }
            }
            else if (target is { Version: not null } && known.TryGetValue($"{target.Base}/{target.Type}/{target.Id}", out found))
            {
                return found;
            }
        }

        return null;
    }

    private Dictionary<string, Element> ByUrl(Element bundle)
    {
        if (_bundles.TryGetValue(bundle, out var known))
        {
            return known;
        }

        known = new Dictionary<string, Element>(StringComparer.Ordinal);
        foreach (var entry in bundle.ChildrenNamed("entry"))
        {
            if (entry.Child("resource") is not { } resource)
            {
                continue;
            }

            if (entry.Child("fullUrl")?.Text is { } url)
            {
                known.TryAdd(url, resource);
            }

            if (resource.Child("id")?.Text is { } id)
            {
                known.TryAdd($"{resource.TypeName}/{id}", resource);
            }
        }

        return _bundles[bundle] = known;
    }

    private static string? EntryUrl(Element from, Element bundle)
    {
        for (var at = from; at is not null && at != bundle; at = at.Parent)
        {
            if (at.Parent == bundle && at.Name == "entry")
            {
                return at.Child("fullUrl")?.Text;
            }
        }

        return null;
    }
}
