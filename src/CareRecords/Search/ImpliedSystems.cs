using System.Collections.Concurrent;
using Fhir.Definitions;
using Fhir.Model;

namespace CareRecords.Search;

/// <summary>An element of type code names no system: the value set that it is bound to implies it (https://hl7.org/fhir/R4/search.html#token).</summary>
internal static class ImpliedSystems
{
    private static readonly ConcurrentDictionary<(string ValueSet, string Code), string?> _known = new();

    /// <summary>The system from which this code comes; null where no required binding says.</summary>
    internal static string? Of(Element element, string code) =>
        element.Property?.Facts.Binding is { Strength: "required", ValueSet: { } valueSet } && code.Length <= 100
            ? _known.TryGetValue((valueSet, code), out var system) ? system : Find(valueSet, code) : null;

    private static string? Find(string valueSet, string code)
    {
        var library = DefinitionLibrary.Default;
        var system = library.FindValueSet(valueSet)?.Includes.Select(i => i.System).OfType<string>()
            .FirstOrDefault(s => library.Terminology.Contains(valueSet, s, code) == true);
        // Mime types and languages are endless; what is held is only a memory of answers.
        if (_known.Count < 5000)
        {
            _known[(valueSet, code)] = system;
        }

        return system;
    }
}
