namespace CareRecords.Rest;

/// <summary>The kinds of access that scopes give, one letter each as in SMART App Launch 2: create, read, update, delete, search.</summary>
[Flags]
internal enum Deeds
{
    None = 0,
    Create = 1,
    Read = 2,
    Update = 4,
    Delete = 8,
    Search = 16,
    Write = Create | Update | Delete,
    All = Write | Read | Search,
}

/// <summary>One scope of a token, in the notation of SMART 1 (`.read`, `.write`, `.*`) or 2 (`.cruds`).</summary>
/// <param name="Type">A FHIR type, or * for all.</param>
internal sealed record Scope(string Type, Deeds Deeds)
{
    /// <summary>Null when it cannot be read.</summary>
    internal static Scope? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var dot = text.IndexOf('.', slash + 1);
        if (slash < 0 || dot < 0 || text[..slash] is not ("system" or "user" or "patient"))
        {
            return null;
        }

        var deeds = text[(dot + 1)..] switch
        {
            "read" => Deeds.Read | Deeds.Search,
            "write" => Deeds.Write,
            "*" => Deeds.All,
            var letters => Letters(letters),
        };
        return deeds == Deeds.None ? null : new Scope(text[(slash + 1)..dot], deeds);
    }

    private static Deeds Letters(string letters)
    {
        var deeds = Deeds.None;
        foreach (var letter in letters)
        {
            var at = "cruds".IndexOf(letter, StringComparison.Ordinal);
            if (at < 0)
            {
                return Deeds.None;
            }

            deeds |= (Deeds)(1 << at);
        }

        return deeds;
    }
}
