using System.Text.Json;

namespace CareRecords.Treatments;

/// <summary>A code with its code system (an OID without urn prefix, or a URI) and the name shown to people.</summary>
public sealed record NoteCode(string Code, string System, string Display);

/// <summary>What a structured entry states.</summary>
public enum StructuredKind
{
    /// <summary>Reason for care or diagnosis (ICPC-2, ICD-10) → Condition.</summary>
    Condition,

    /// <summary>A measured number with a UCUM unit → Observation.</summary>
    Measurement,

    /// <summary>Something done → Procedure.</summary>
    Procedure,
}

/// <summary>A structured entry beneath a heading.</summary>
/// <param name="Value">A decimal in invariant form, for a measurement; else null.</param>
/// <param name="Unit">UCUM code, for a measurement; else null.</param>
public sealed record StructuredFact(StructuredKind Kind, NoteCode Code, string? Value = null, string? Unit = null);

/// <summary>One heading (otsikko) under a process stage: free text and structured entries.</summary>
public sealed record NoteHeading
{
    public required NoteCode Stage { get; init; }
    public required NoteCode Heading { get; init; }
    public string Text { get; init; } = "";
    public IReadOnlyList<StructuredFact> Facts { get; init; } = [];

    public bool IsEmpty => string.IsNullOrWhiteSpace(Text) && Facts.Count == 0;
}

/// <summary>A note's content in the national structure: view → process stage → heading. Kept encrypted, as draft and as signed version.</summary>
public sealed record NoteContent
{
    public required string TemplateId { get; init; }
    public required NoteCode View { get; init; }
    public required string Title { get; init; }
    public required IReadOnlyList<NoteHeading> Headings { get; init; }

    /// <summary>The customer's own view shows the note from this day on; null: as soon as it is signed.</summary>
    public DateOnly? ReleaseOn { get; init; }

    /// <summary>Säilytysaikaluokka of the template it was written from; null for the usual one.</summary>
    public string? RetentionClass { get; init; }

    /// <summary>A second professional whose entry it is as well; empty for most.</summary>
    public Guid? MadeWith { get; init; }

    /// <summary>Who typed it for the author, when that was another.</summary>
    public Guid? TypedBy { get; init; }

    /// <summary>Name of the device or program that produced a part of it.</summary>
    public string? Device { get; init; }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);

    public static NoteContent FromBytes(byte[] json) =>
        JsonSerializer.Deserialize<NoteContent>(json, JsonSerializerOptions.Web) ?? throw new JsonException("A note's content is empty.");
}
