namespace KantaSimulator.Message;

/// <summary>An instance identifier as it stands in an attribute pair; empty strings where an attribute is absent.</summary>
internal sealed record Identifier(string Root, string Extension)
{
    public override string ToString() => Extension.Length == 0 ? Root : $"{Extension} ({Root})";
}

/// <summary>A code with its code system; display names are not compared and not kept.</summary>
internal sealed record Coded(string Code, string System)
{
    public override string ToString() => $"{Code} ({System})";
}

/// <summary>
/// What both the wrapper and the document say about a document. Values are as written, missing ones empty; the two are compared field by
/// field, and the archive files the document's.
/// </summary>
internal sealed record Metadata
{
    public required string Id { get; init; }
    public required Coded Register { get; init; }
    public required string EffectiveTime { get; init; }
    public required Coded Confidentiality { get; init; }
    public required string Language { get; init; }
    public required string SetId { get; init; }
    public required string Version { get; init; }
    public required Identifier Patient { get; init; }

    /// <summary>Family name and given names, each with its qualifier, in a fixed order.</summary>
    public required string PatientName { get; init; }
    public required Coded Gender { get; init; }
    public required string Birth { get; init; }

    /// <summary>Identifier and name of each author, sorted.</summary>
    public required IReadOnlyList<string> Authors { get; init; }
    public required string Custodian { get; init; }
    public required string CustodianName { get; init; }

    /// <summary>Type, id, set id and version of the replaced document, joined; empty when there is none.</summary>
    public required string Related { get; init; }
    public required string ParentId { get; init; }
    public required string ServiceEvent { get; init; }

    /// <summary>Begin and end of the service event, joined by a slash.</summary>
    public required string ServiceEventTime { get; init; }
    public required string Unit { get; init; }
    public required string Producer { get; init; }

    /// <summary>Fields of the localHeader under their document spelling, each as one comparable string.</summary>
    public required IReadOnlyDictionary<string, string> Local { get; init; }

    public string DocumentType => Part("documentType");

    public string Master => Part("encompassingEncounterMasterCode");

    public int? VersionNumber => int.TryParse(Version, System.Globalization.NumberStyles.None,
        System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    public bool IsServiceEventDocument => DocumentType == "4";

    private string Part(string field) => Local.TryGetValue(field, out var value) ? value.Split(' ')[0] : "";
}
