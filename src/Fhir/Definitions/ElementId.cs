namespace Fhir.Definitions;

/// <summary>Takes apart ids such as "Patient.identifier:PIC.system". Slice names may hold dots, so the path decides where a segment ends.</summary>
internal static class ElementId
{
    /// <summary>The segments of an id with their slices: "Patient", "identifier:PIC", "system".</summary>
    public static string[] Segments(string id, string path)
    {
        var names = path.Split('.');
        var segments = new string[names.Length];
        var at = 0;
        for (var i = 0; i < names.Length; i++)
        {
            var end = id.Length;
            if (i + 1 < names.Length)
            {
                end = NextSegment(id, at + names[i].Length, names[i + 1]);
                if (end < 0)
                {
                    return names;
                }
            }

            segments[i] = id[at..end];
            at = end + 1;
        }

        return segments;
    }

    /// <summary>The slice part of a segment, or null.</summary>
    public static string? Slice(string segment)
    {
        var colon = segment.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : segment[(colon + 1)..];
    }

    /// <summary>The segment without its slice, or with the outer slice where it is sliced again ("a/b").</summary>
    public static string Unsliced(string segment)
    {
        var slash = segment.LastIndexOf('/');
        var colon = segment.IndexOf(':', StringComparison.Ordinal);
        return slash > colon && colon > 0 ? segment[..slash] : colon < 0 ? segment : segment[..colon];
    }

    private static int NextSegment(string id, int from, string next)
    {
        for (var dot = from <= id.Length ? id.IndexOf("." + next, from, StringComparison.Ordinal) : -1; dot >= 0; dot = id.IndexOf("." + next, dot + 1, StringComparison.Ordinal))
        {
            var after = dot + 1 + next.Length;
            if (after == id.Length || id[after] is '.' or ':')
            {
                return dot;
            }
        }

        return -1;
    }
}
