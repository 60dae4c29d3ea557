namespace KantaConnector.Documents;

/// <summary>A code with the OID of its code set; names are carried along only for readers.</summary>
internal sealed record Coded(string Code, string System, string? SystemName = null, string? Display = null);

/// <summary>An HL7 instance identifier: the whole id in the root, or a root with an extension.</summary>
internal sealed record InstanceId(string Root, string? Extension = null);

internal sealed record PersonName
{
    public required string Family { get; init; }
    public required IReadOnlyList<string> Given { get; init; }

    /// <summary>The given name in daily use (kutsumanimi), written once more with qualifier CL.</summary>
    public string? CallName { get; init; }

    /// <summary>Professional title, written as suffix.</summary>
    public string? Title { get; init; }
}

internal sealed record Organisation(string Oid, string Name);

internal sealed record Patient
{
    /// <summary>Root 1.2.246.21 with a personal identity code, or a temporary id under <c>&lt;organisation&gt;.22.&lt;year&gt;</c>.</summary>
    public required InstanceId Id { get; init; }
    public required PersonName Name { get; init; }
    public Coded? Gender { get; init; }
    public DateOnly? BirthDate { get; init; }
    public Coded? HomeMunicipality { get; init; }

    /// <summary>Turvakielto: the home municipality, the only contact fact the documents carry, is left out.</summary>
    public bool NonDisclosure { get; init; }
}

/// <summary>Roles of code set 1.2.246.537.5.40006.2003.</summary>
internal enum AuthorRole
{
    /// <summary>Made the entry.</summary>
    MER,

    /// <summary>Typed the entry.</summary>
    KIR,

    /// <summary>Corrected it; the maker stays.</summary>
    KOR,

    /// <summary>Invalidated it.</summary>
    MIT,

    /// <summary>Software or a medical device.</summary>
    OHJ,
}

internal sealed record AuthoringDevice(string? Model, string? Software);

internal sealed record Author
{
    public required AuthorRole Role { get; init; }
    public required DateTimeOffset Time { get; init; }
    /// <summary>Null for a device that has none; a person always has one.</summary>
    public required InstanceId? Id { get; init; }

    /// <summary>Given for people; a device has <see cref="Device"/> instead.</summary>
    public PersonName? Name { get; init; }
    public AuthoringDevice? Device { get; init; }
    public Organisation? Organisation { get; init; }
}

/// <summary>Palvelutapahtuma; <see cref="End"/> is empty while it is open.</summary>
internal sealed record ServiceEvent
{
    public required string Oid { get; init; }
    public required DateTimeOffset Start { get; init; }
    public DateTimeOffset? End { get; init; }

    /// <summary>The organisation that produces the service.</summary>
    public required Organisation Producer { get; init; }
    public required Organisation ServiceUnit { get; init; }

    /// <summary>Palvelutapahtuman laji (1.2.246.537.5.40156.2008).</summary>
    public required Coded Kind { get; init; }
}

internal sealed record PreviousVersion(string Oid, int Version);

internal sealed record SoftwareProduct(string Maker, string Product, string Version);

/// <summary>What the header of every document says, and the message wrapper repeats.</summary>
internal sealed record DocumentFacts
{
    public required string Oid { get; init; }

    /// <summary>OID of the first version, the same through all versions.</summary>
    public required string SetId { get; init; }
    public required int Version { get; init; }
    public PreviousVersion? Replaces { get; init; }

    /// <summary>Why it replaces (1.2.246.537.5.40178.2008); stands in the message wrapper only.</summary>
    public Coded? ReplacementReason { get; init; }
    public required IReadOnlyList<string> TemplateOids { get; init; }

    /// <summary>Register (1.2.246.537.5.40150.2009).</summary>
    public required Coded Register { get; init; }
    public required string Title { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required Patient Patient { get; init; }

    /// <summary>Controller (rekisterinpitäjä).</summary>
    public required Organisation Custodian { get; init; }
    public required Coded CustodianType { get; init; }
    public required ServiceEvent ServiceEvent { get; init; }

    /// <summary>
    /// Organiser of the service (palvelun järjestäjä): who ordered an outsourced one, under a recorded authorisation; in a service event's own document
    /// also the producer itself.
    /// </summary>
    public Organisation? OutsourcingCustomer { get; init; }
    public required Coded Function { get; init; }
    public required Coded RetentionClass { get; init; }

    /// <summary>The patient's own view shows the document from this date on.</summary>
    public DateOnly? ReleaseToPatient { get; init; }
    public required SoftwareProduct Software { get; init; }

    /// <summary>IANA zone of the wall-clock times, which carry no offset.</summary>
    public string TimeZone { get; init; } = "Europe/Helsinki";
}

/// <summary>Palvelutapahtuma-asiakirja (documentType 4).</summary>
internal sealed record ServiceEventDocument
{
    public required DocumentFacts Facts { get; init; }
    public required IReadOnlyList<Author> Authors { get; init; }
}

/// <summary>Kertomusteksti (documentType 1): one or more entries, each view → process stage → heading.</summary>
internal sealed record CareDocument
{
    public required DocumentFacts Facts { get; init; }
    public required IReadOnlyList<ViewEntry> Entries { get; init; }

    /// <summary>
    /// Guardian disclosure (1.2.246.537.5.40202.201901, values 1–4) with the field it is written under. Its place in a CDA document is
    /// not published openly, so the field's code comes from settings; empty leaves it out of the document.
    /// </summary>
    public GuardianDisclosure? GuardianDisclosure { get; init; }
}

/// <param name="AsSection">A heading of its own in the first stage, with narrative that the entry references; otherwise an entry of the first section.</param>
internal sealed record GuardianDisclosure(Coded Value, Coded Field, string? TemplateOid, bool AsSection = false);

internal sealed record ViewEntry
{
    public required Coded View { get; init; }

    /// <summary>When the care was given; shown in the entry's heading lines.</summary>
    public required DateOnly CareDate { get; init; }
    public required Organisation ServiceUnit { get; init; }
    public required IReadOnlyList<Author> Authors { get; init; }
    public required IReadOnlyList<StageSection> Stages { get; init; }
}

/// <summary>Hoitoprosessin vaihe (1.2.246.537.6.13.2006).</summary>
internal sealed record StageSection(Coded Stage, IReadOnlyList<HeadingSection> Headings);

/// <summary>Otsikko (1.2.246.537.6.14.2006) with free text (lines split at line feeds) and structured entries.</summary>
internal sealed record HeadingSection
{
    public required Coded Heading { get; init; }
    public string? Title { get; init; }
    public IReadOnlyList<string> Paragraphs { get; init; } = [];
    public IReadOnlyList<StructuredEntry> Structured { get; init; } = [];
}

/// <summary>A fact that machines can read; its wording for people stands in the narrative, which the entry references.</summary>
internal abstract record StructuredEntry
{
    public required string Label { get; init; }
    public required string Wording { get; init; }
    public required Coded Code { get; init; }
    public string? TemplateOid { get; init; }
    public DateTimeOffset? Time { get; init; }
}

/// <summary>A diagnosis or reason for care (ICPC-2, ICD-10), named by the entry's own code or, where a field of AR/YDIN asks for it, as that field's value.</summary>
internal sealed record CodedFinding : StructuredEntry
{
    public Coded? Value { get; init; }
}

/// <summary>A number with a unit (UCUM).</summary>
internal sealed record Measurement : StructuredEntry
{
    public required decimal Value { get; init; }
    public required string Unit { get; init; }
}

/// <summary>Something done, named by the entry's own code.</summary>
internal sealed record PerformedProcedure : StructuredEntry;
