namespace CareRecords.Search;

/// <summary>How the values of a search parameter are kept in the index tables.</summary>
internal enum StoringForm
{
    /// <summary>Keyed hash: equality, :not, :in, :missing. A dump shows which records share a value, not the value.</summary>
    Hash,

    /// <summary>Folded text (lower case, no diacritics): prefix, :contains, and :exact by a keyed hash. A dump shows the text.</summary>
    Text,

    /// <summary>Instants or numbers: prefixes and sorting. A dump shows the values.</summary>
    Range,

    /// <summary>Ids and addresses as they are. A dump shows which records belong together.</summary>
    Plain,

    /// <summary>Kept nowhere; a search by it is refused.</summary>
    NotServed,
}

/// <summary>The one table that says for each search parameter how its values are kept (docs/operations.md explains what a stolen dump still shows).</summary>
internal static class StoringForms
{
    private static readonly HashSet<string> _notServed =
    [
        // Contact data of persons is kept encrypted; a prefix search would need it in the clear.
        "Patient.address", "Patient.phonetic", "RelatedPerson.address", "RelatedPerson.phonetic", "Person.address", "Person.phonetic",
        // Free text of the record is kept encrypted.
        "*._text", "*._content", "Observation.value-string", "Observation.code-value-string",
        // Geography and named queries are not implemented.
        "Location.near", "*._query",
    ];

    /// <summary>The form for this parameter.</summary>
    /// <param name="generic">Conformance runs keep everything that can be kept.</param>
    internal static StoringForm Of(string type, string code, string parameterType, bool generic)
    {
        if (_notServed.Contains($"*.{code}") || parameterType == "special" || (!generic && _notServed.Contains($"{type}.{code}")))
        {
            return StoringForm.NotServed;
        }

        return parameterType switch
        {
            "token" => StoringForm.Hash,
            "string" => StoringForm.Text,
            "date" or "number" or "quantity" => StoringForm.Range,
            "composite" => StoringForm.Hash,
            _ => StoringForm.Plain,
        };
    }
}
