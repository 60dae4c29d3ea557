namespace CareRecords.Treatments;

/// <summary>Why a use case did not do what was asked: the field it concerns and the key of a text that says what to do.</summary>
/// <param name="Field">The input's name; empty for the whole form.</param>
/// <param name="TextKey">A key of the pages' texts, such as Care.Identity.CheckCharacter.</param>
/// <param name="Argument">Filled into the text, or null.</param>
public sealed record Refusal(string Field, string TextKey, string? Argument = null);

/// <summary>Done with a value, or refused with reasons; nothing was changed then.</summary>
public readonly record struct Outcome<T>(T? Value, IReadOnlyList<Refusal> Refusals)
{
    public bool Done => Refusals.Count == 0;

    public static implicit operator Outcome<T>(T value) => new(value, []);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, [refusal]);
}

/// <summary>Makes outcomes that refuse.</summary>
public static class Outcome
{
    public static Outcome<T> Refused<T>(IReadOnlyList<Refusal> refusals) => new(default, refusals);
}
