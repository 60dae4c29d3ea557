using Fhir.Definitions;
using Fhir.FhirPath.Values;
using Fhir.Model;

namespace Fhir.FhirPath.Nodes;

/// <summary>resolve(): contained resources, entries of the Bundle around the reference, then whatever the environment finds.</summary>
internal static class References
{
    internal static void Resolve(Evaluation e, int start, CallNode call)
    {
        var kept = start;
        for (var i = start; i < e.Count; i++)
        {
            e.Step();
            if (Resolve(e, e[i]) is { } target)
            {
                e[kept++] = PathValue.From(target);
            }
        }

        e.Cut(kept);
    }

    internal static Element? Resolve(Evaluation e, in PathValue item)
    {
        if (Address(item) is not { } address)
        {
            return null;
        }

        var root = e.Environment.RootResource ?? e.Environment.Resource ?? (item.IsElement ? item.AsElement.RootResource : e.Context.IsElement ? e.Context.AsElement.RootResource : null);
        if (address.StartsWith('#'))
        {
            return address.Length == 1 ? root : root?.Contained(address[1..]);
        }

        return (root is null ? null : InBundle(root, address)) ?? e.Environment.Resolve?.Invoke(address);
    }

    /// <summary>The type that a reference says its target has: by Reference.type, or by the address; null if it does not say.</summary>
    internal static string? TypeOf(in PathValue item)
    {
        if (item.IsElement && item.AsElement.TypeName == "Reference" && item.AsElement.Child("type")?.Text is { } type)
        {
            return type[(type.LastIndexOf('/') + 1)..];
        }

        return Address(item) is { } address ? TypeInAddress(address) : null;
    }

    /// <summary>The address of a Reference, canonical, uri or string; null for anything else.</summary>
    internal static string? Address(in PathValue item)
    {
        if (item.Kind == PathKind.String)
        {
            return item.AsString;
        }

        return !item.IsElement ? null : item.AsElement.TypeName == "Reference" ? item.AsElement.Child("reference")?.Text : item.AsElement.Text;
    }

    private static string? TypeInAddress(string address)
    {
        var path = address.AsSpan();
        var end = path.IndexOfAny('?', '#', '|');
        path = end < 0 ? path : path[..end];
        var history = path.IndexOf("/_history/", StringComparison.Ordinal);
        path = history < 0 ? path : path[..history];
        var last = path.LastIndexOf('/');
        if (last <= 0)
        {
            // A conditional reference names the type before the question mark.
            return end > 0 && address[end] == '?' && FhirTypes.IsResource(path.ToString()) ? path.ToString() : null;
        }

        var name = path[..last][(path[..last].LastIndexOf('/') + 1)..].ToString();
        return FhirTypes.IsResource(name) ? name : null;
    }

    private static Element? InBundle(Element root, string address)
    {
        var bundle = root;
        while (bundle.TypeName != "Bundle")
        {
            if (bundle.Parent is null)
            {
                return null;
            }

            bundle = bundle.Parent.Resource;
        }

        var relative = !address.Contains(':', StringComparison.Ordinal);
        foreach (var entry in bundle.ChildrenNamed("entry"))
        {
            if (entry.Child("fullUrl")?.Text is { } url && entry.Child("resource") is { } resource
                && (url == address || (relative && url.EndsWith("/" + address, StringComparison.Ordinal))))
            {
                return resource;
            }
        }

        return null;
    }
}
