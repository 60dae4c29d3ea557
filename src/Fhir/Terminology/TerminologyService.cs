using Fhir.Definitions;
using Fhir.Ucum;

namespace Fhir.Terminology;

/// <summary>Answers questions about codes from the value sets and code systems that a library holds; asks nobody else.</summary>
public sealed class TerminologyService(DefinitionLibrary library)
{
    private const int DeepestNesting = 20;

    /// <summary>
    /// Whether a code belongs to a value set. Null system asks for the code in any of the set's systems (a FHIR "code"). Null answer: it cannot be told here, because the set, or the system it draws from, is not held.
    /// </summary>
    public bool? Contains(string valueSet, string? system, string code) => Contains(valueSet, system, code, 0);

    /// <summary>Whether a code belongs to a value set that is given as a resource; as <see cref="Contains(string, string?, string)"/>.</summary>
    public bool? Contains(ValueSet set, string? system, string code) => Contains(set, system, code, 0);

    /// <summary>The members of the value set at a canonical address, or null where it (or a part of it) cannot be listed here.</summary>
    public IReadOnlyList<ValueSetMember>? Expand(string valueSet) => library.FindValueSet(valueSet) is { } set ? Expand(set) : null;

    /// <summary>The members of a value set, in the order of its definition; null where it (or a part of it) cannot be listed here.</summary>
    public IReadOnlyList<ValueSetMember>? Expand(ValueSet set)
    {
        if (!set.IsDefined)
        {
            return null;
        }

        var found = new List<ValueSetMember>();
        var seen = new HashSet<(string, string)>();
        foreach (var part in set.Includes)
        {
            if (Candidates(part, 0) is not { } candidates)
            {
                return null;
            }

            foreach (var candidate in candidates)
            {
                if (Contains(set, candidate.System, candidate.Code) == true && seen.Add((candidate.System, candidate.Code)))
                {
                    found.Add(candidate);
                }
            }
        }

        return found;
    }

    /// <summary>Judges a code, and a display where one is given, against a value set.</summary>
    /// <param name="system">Null asks for the code in any system of the set.</param>
    public CodeVerdict Judge(ValueSet set, string? system, string code, string? display)
    {
        var found = system ?? SystemOf(set, code);
        return Contains(set, system, code) switch
        {
            true => Displayed(found, code, display),
            false => new CodeVerdict(false, $"The code '{Shown(system, code)}' is not in the value set {set.Url}.", null),
            null => new CodeVerdict(null, $"Whether '{Shown(system, code)}' is in {set.Url} cannot be told here: the value set or a code system that it draws from is not held.", null),
        };
    }

    /// <summary>Judges a code, and a display where one is given, against a code system.</summary>
    public CodeVerdict Judge(string system, string code, string? display) => HasCode(system, code) switch
    {
        true => Displayed(system, code, display),
        false => new CodeVerdict(false, $"The code system {system} has no code '{code}'.", null),
        null => new CodeVerdict(null, $"Whether {system} has the code '{code}' cannot be told here: the system is not held, or not completely.", null),
    };

    private CodeVerdict Displayed(string? system, string code, string? display)
    {
        var known = system is null ? null : Display(system, code);
        return display is null || known is null || string.Equals(display, known, StringComparison.OrdinalIgnoreCase)
            ? new CodeVerdict(true, null, known) : new CodeVerdict(false, $"The display of '{Shown(system, code)}' is '{known}', not the one given.", known);
    }

    private string? SystemOf(ValueSet set, string code) =>
        set.Includes.Select(i => i.System).OfType<string>().FirstOrDefault(s => Contains(set, s, code) == true);

    private static string Shown(string? system, string code) => system is null ? code : $"{system}|{code}";

    /// <summary>The display of a code as its system gives it, or null.</summary>
    public string? Display(string system, string code) => library.FindCodeSystem(system)?.Find(code)?.Display;

    /// <summary>Whether a system has a code; null where the system is not held completely.</summary>
    public bool? HasCode(string system, string code) =>
        library.FindCodeSystem(system) is not { } codes ? Grammar(DefinitionLibrary.WithoutVersion(system), code) : codes.Find(code) is not null ? true : codes.IsComplete ? false : null;

    private IEnumerable<ValueSetMember>? Candidates(ValueSetPart part, int depth)
    {
        if (part.System is { } system)
        {
            if (part.Codes is not null)
            {
                return part.Codes.Select(c => new ValueSetMember(system, c.Key, c.Value ?? Display(system, c.Key)));
            }

            return library.FindCodeSystem(part.SystemCanonical!) is { IsComplete: true } codes ? codes.Concepts.Where(c => c.IsSelectable).Select(c => new ValueSetMember(system, c.Code, c.Display)) : null;
        }

        if (depth > DeepestNesting || part.ValueSets.Count == 0 || library.FindValueSet(part.ValueSets[0]) is not { } inner)
        {
            return null;
        }

        var all = new List<ValueSetMember>();
        foreach (var innerPart in inner.Includes)
        {
            if (Candidates(innerPart, depth + 1) is not { } some)
            {
                return null;
            }

            all.AddRange(some);
        }

        return all;
    }

    private bool? Contains(string valueSet, string? system, string code, int depth) =>
        depth > DeepestNesting || library.FindValueSet(valueSet) is not { } set ? null : Contains(set, system, code, depth);

    private bool? Contains(ValueSet set, string? system, string code, int depth)
    {
        if (!set.IsDefined)
        {
            return null;
        }

        var included = Any(set.Includes, system, code, depth);
        if (included != true || set.Excludes.Count == 0)
        {
            return included;
        }

        return Any(set.Excludes, system, code, depth) switch { true => false, false => true, null => null };
    }

    private bool? Any(IReadOnlyList<ValueSetPart> parts, string? system, string code, int depth)
    {
        bool? answer = false;
        foreach (var part in parts)
        {
            switch (InPart(part, system, code, depth))
            {
                case true:
                    return true;
                case null:
                    answer = null;
                    break;
            }
        }

        return answer;
    }

    private bool? InPart(ValueSetPart part, string? system, string code, int depth)
    {
        bool? answer = true;
        if (part.System is not null)
        {
            answer = system is null || system == part.System ? InSystem(part, code) : false;
        }

        foreach (var inner in part.ValueSets)
        {
            if (answer == false)
            {
                break;
            }

            answer = Contains(inner, system, code, depth + 1) switch { false => false, null => null, true => answer };
        }

        return answer;
    }

    private bool? InSystem(ValueSetPart part, string code)
    {
        if (part.Codes is not null)
        {
            return part.Codes.ContainsKey(code);
        }

        var known = HasCode(part.SystemCanonical!, code);
        if (known != true || part.Filters.Count == 0)
        {
            return known;
        }

        var codes = library.FindCodeSystem(part.SystemCanonical!);
        var concept = codes?.Find(code);
        foreach (var filter in part.Filters)
        {
            // A system that is defined by a grammar has codes but no concepts.
            var holds = concept is null ? ConceptFilter.HoldsForCode(filter, code) : ConceptFilter.Holds(filter, concept, codes!);
            if (holds != true)
            {
                return holds;
            }
        }

        return true;
    }

    // Systems that are defined by a grammar rather than by a list.
    private static bool? Grammar(string system, string code) => system switch
    {
        "urn:ietf:bcp:13" => IsMimeType(code),
        "urn:ietf:bcp:47" => IsLanguage(code),
        "http://unitsofmeasure.org" => UnitsOfMeasure.Parse(code) is not null,
        _ => null,
    };

    private static bool IsMimeType(string code)
    {
        var type = code.Split(';')[0].Trim();
        var slash = type.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < type.Length - 1 && type.All(c => char.IsAsciiLetterOrDigit(c) || "/.+-_*!#$&^".Contains(c, StringComparison.Ordinal));
    }

    private static bool IsLanguage(string code)
    {
        var parts = code.Split('-');
        return parts[0].Length is >= 2 and <= 8 && parts[0].All(char.IsAsciiLetter) && parts.Skip(1).All(p => p.Length is >= 1 and <= 8 && p.All(char.IsAsciiLetterOrDigit));
    }
}
