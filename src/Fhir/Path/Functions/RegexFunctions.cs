using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Functions;

/// <summary>
/// matches, matchesFull and replaceMatches (N1 §5.6.9). Patterns run in linear time; those with look-around or back references, which cannot, run against a clock.
/// </summary>
internal static class RegexFunctions
{
    private const int MaxPattern = 4096;
    private const int MaxCached = 512;

    private static readonly ConcurrentDictionary<(string Pattern, RegexOptions Options, TimeSpan Time), Regex> Cache = new();
    private static int _cached;

    internal static PathValue Matches(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        a[0].IsNone ? default : PathValue.From(Run(call, StringFunctions.Text(input, call), Find(e, a, 1, call, full: false), (r, t) => r.IsMatch(t)));

    internal static PathValue MatchesFull(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call) =>
        a[0].IsNone ? default : PathValue.From(Run(call, StringFunctions.Text(input, call), Find(e, a, 1, call, full: true), (r, t) => r.IsMatch(t)));

    internal static PathValue ReplaceMatches(Evaluation e, in PathValue input, ReadOnlySpan<PathValue> a, CallNode call)
    {
        if (a[0].IsNone || a[1].IsNone)
        {
            return default;
        }

        var substitution = StringFunctions.Text(a[1], call);
        var text = StringFunctions.Text(input, call);
        e.CheckLength((long)(text.Length + 1) * (substitution.Length + 1));
        if (StringFunctions.Text(a[0], call).Length == 0)
        {
            return input;
        }

        var replaced = Run(call, text, Find(e, a, 2, call, full: false), (r, t) => r.Replace(t, substitution));
        e.CheckLength(replaced.Length);
        return PathValue.From(replaced);
    }

    private static T Run<T>(CallNode call, string text, Regex regex, Func<Regex, string, T> use)
    {
        try
        {
            return use(regex, text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw call.Error("the regular expression takes too long");
        }
    }

    private static Regex Find(Evaluation e, ReadOnlySpan<PathValue> a, int flagsAt, CallNode call, bool full)
    {
        var pattern = StringFunctions.Text(a[0], call);
        if (pattern.Length > MaxPattern)
        {
            throw call.Error($"the regular expression is longer than {MaxPattern} characters");
        }

        var options = RegexOptions.CultureInvariant | RegexOptions.Singleline;
        foreach (var flag in a.Length > flagsAt && !a[flagsAt].IsNone ? StringFunctions.Text(a[flagsAt], call) : "")
        {
            options |= flag switch
            {
                'i' => RegexOptions.IgnoreCase,
                'm' => RegexOptions.Multiline,
                _ => throw call.Error($"'{flag}' is no flag of a regular expression"),
            };
        }

        var key = (full ? $@"\A(?:{pattern})\z" : pattern, options, e.Environment.Limits.RegexTime);
        if (Cache.TryGetValue(key, out var known))
        {
            return known;
        }

        var regex = Build(key.Item1, options, key.RegexTime, call);
        if (_cached < MaxCached && Interlocked.Increment(ref _cached) <= MaxCached)
        {
            Cache.TryAdd(key, regex);
        }

        return regex;
    }

    private static Regex Build(string pattern, RegexOptions options, TimeSpan time, CallNode call)
    {
        try
        {
            return new Regex(pattern, options | RegexOptions.NonBacktracking, time);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, options, time);
        }
        catch (ArgumentException e)
        {
            throw call.Error($"'{pattern}' is no regular expression: {e.Message}");
        }
    }
}
