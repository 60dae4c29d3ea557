using Fhir.Model;
using Fhir.Validation;

namespace Fhir.Json;

/// <summary>Collects the faults of one reading; stops it when there are too many to be of use.</summary>
internal sealed class ReadFaults
{
    private const int Most = 100;
    private readonly List<(string Rule, string Place, int Offset, string Message)> _found = [];

    public bool Any => _found.Count > 0;

    public void Add(string rule, Element? parent, string? name, int offset, string message)
    {
        if (_found.Count >= Most)
        {
            throw new TooManyFaultsException();
        }

        var place = parent is null ? name ?? "$this" : name is null ? parent.Place : $"{parent.Place}.{name}";
        _found.Add((rule, place, offset, message));
    }

    public IReadOnlyList<ValidationIssue> Issues(ReadOnlySpan<byte> source, int shift)
    {
        if (_found.Count == 0)
        {
            return [];
        }

        var map = new SourceMap(source);
        var issues = new List<ValidationIssue>(_found.Count);
        foreach (var (rule, place, offset, message) in _found)
        {
            var (line, column) = map.At(offset + shift);
            issues.Add(new ValidationIssue(IssueSeverity.Error, rule, place, line, column, message));
        }

        return issues;
    }

    /// <summary>Ends a reading that found a hundred faults already.</summary>
    internal sealed class TooManyFaultsException : Exception;
}
