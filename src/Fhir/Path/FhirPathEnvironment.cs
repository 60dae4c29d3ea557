using Fhir.FhirPath.Values;
using Fhir.Model;

namespace Fhir.FhirPath;

/// <summary>What an evaluation may ask of its surroundings. Immutable once made; share one between evaluations.</summary>
public sealed class FhirPathEnvironment
{
    /// <summary>No resource, no terminology, no resolver; the system's clock and the usual limits.</summary>
    public static FhirPathEnvironment Default { get; } = new();

    /// <summary>%resource; without it the resource around the element that is evaluated.</summary>
    public Element? Resource { get; init; }

    /// <summary>%rootResource: the container of a contained resource; without it found from %resource.</summary>
    public Element? RootResource { get; init; }

    /// <summary>Further variables by name without %.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PathValue>>? Variables { get; init; }

    /// <summary>resolve(): the resource that a literal reference or canonical names, or null. Contained resources and entries of %rootResource are found without it.</summary>
    public Func<string, Element?>? Resolve { get; init; }

    /// <summary>memberOf(): whether a code, Coding, CodeableConcept or string is in the value set; null if unknown, which gives empty.</summary>
    public Func<PathValue, string, bool?>? MemberOf { get; init; }

    /// <summary>conformsTo(): whether the element conforms to the profile; null if the profile is unknown, which is an error. Base types are known without it.</summary>
    public Func<Element, string, bool?>? ConformsTo { get; init; }

    /// <summary>Receives what trace() shows: its name and the items.</summary>
    public Action<string, IReadOnlyList<PathValue>>? Trace { get; init; }

    /// <summary>The clock for now(), today() and timeOfDay(), read once an evaluation, in its local time zone.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What an evaluation may use up.</summary>
    public FhirPathLimits Limits { get; init; } = FhirPathLimits.Default;

    /// <summary>Ends a long evaluation with <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>Bounds for hostile or mistaken expressions; exceeding one is an execution error.</summary>
public sealed record FhirPathLimits
{
    /// <summary>Five million steps, a quarter million items, four million characters, five seconds.</summary>
    public static FhirPathLimits Default { get; } = new();

    /// <summary>Items visited and pairs compared, all together.</summary>
    public long Steps { get; init; } = 5_000_000;

    /// <summary>Items held at a time.</summary>
    public int Items { get; init; } = 262_144;

    /// <summary>Characters of a single string.</summary>
    public int StringLength { get; init; } = 4_000_000;

    /// <summary>Time for the whole evaluation.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for a single regular expression that cannot be matched in linear time.</summary>
    public TimeSpan RegexTime { get; init; } = TimeSpan.FromMilliseconds(250);
}
