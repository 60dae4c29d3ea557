namespace KantaConnector.Documents;

/// <summary>What a document is about; decides its type, its place beside a service event, and the parts of its header.</summary>
internal enum DocumentKind
{
    ServiceEvent,
    Care,

    /// <summary>A form of the information management service: about no service event, kept by Kela.</summary>
    Information,
}

/// <summary>
/// A form of the information management service (register 12): informing, disclosure permission or denial. Its shape is that of the one published
/// example, a denial of 2017: a section of the form, in it one section for each field. Codes and template come from settings.
/// </summary>
internal sealed record InformationDocument
{
    public required DocumentFacts Facts { get; init; }

    /// <summary>The form's code among the views.</summary>
    public required Coded Form { get; init; }

    /// <summary>OID of the form's version; left out when null.</summary>
    public string? TemplateOid { get; init; }
    public required IReadOnlyList<FormField> Fields { get; init; }
    public required DateTimeOffset Time { get; init; }
}

/// <param name="Wording">The narrative, for people; empty for a title alone.</param>
/// <param name="Value">For machines, beside it.</param>
/// <param name="Group">The section that it stands in with the fields around it of the same group; null: directly in the form.</param>
internal sealed record FormField(Coded Code, string Title, string Wording, FormValue? Value, Coded? Group = null);

internal abstract record FormValue
{
    internal sealed record Truth(bool Holds) : FormValue;

    internal sealed record Id(InstanceId Value) : FormValue;

    internal sealed record Day(DateOnly Value) : FormValue;

    internal sealed record Period(DateTimeOffset From, DateTimeOffset? Until) : FormValue;

    internal sealed record Person(PersonName Name) : FormValue;
}
