using Fhir.Definitions;
using Fhir.FhirPath;
using Fhir.Json;
using Fhir.Model;

namespace Fhir.Validation;

/// <summary>One validation under way: what was found, what is being checked, and how references are followed.</summary>
internal sealed partial class ValidationRun
{
    private const int MostIssues = 1000;
    private readonly FhirValidator _validator;
    private readonly ValidationOptions _options;
    private readonly HashSet<(Element, string)> _underWay = [];
    private readonly List<(string Url, Element Resource)> _claims = [];
    private readonly References _references;
    private readonly List<(IssueSeverity Severity, string Rule, string Place, int Offset, string Message)> _issues = [];
    private readonly HashSet<(string, string, string)> _told = [];
    private int _errors;
    private bool _quiet;
    private bool _failed;
    private FhirPathEnvironment _environment = FhirPathEnvironment.Default;

    public ValidationRun(FhirValidator validator, ValidationOptions options)
    {
        _validator = validator;
        _options = options;
        _references = new References(options.Resolve);
    }

    public IReadOnlyList<ValidationIssue> Issues(ReadOnlySpan<byte> source)
    {
        if (_issues.Count == 0)
        {
            return [];
        }

        var map = source.IsEmpty ? null : new SourceMap(source);
        var result = new List<ValidationIssue>(_issues.Count);
        foreach (var (severity, rule, place, offset, message) in _issues)
        {
            var (line, column) = map?.At(offset) ?? (0, 0);
            result.Add(new ValidationIssue(severity, rule, place, line, column, message));
        }

        return result;
    }

    public void Root(Element resource, string? profile)
    {
        if (profile is not null && _validator.Load(profile).Structure is null && _validator.Library.FindCapability(profile) is { } capability)
        {
            (_capability, profile) = (capability, null);
        }

        string[] named = profile is null ? [.. _options.Profiles] : [profile, .. _options.Profiles];
        CheckResource(resource, named, _options.IgnoreDeclaredProfiles);
    }

    /// <summary>Whether the element satisfies a profile, without reporting; null where the profile is unknown.</summary>
    public bool? Conforms(Element element, string profile)
    {
        if (_validator.Profile(profile) is not { } node)
        {
            var url = DefinitionLibrary.WithoutVersion(profile);
            return url.StartsWith(CoreRoot, StringComparison.Ordinal) && FhirTypes.IsResource(url[CoreRoot.Length..]) ? element.Type.Is(url[CoreRoot.Length..]) : null;
        }

        if (!element.Type.Is(TypeOf(profile)))
        {
            return false;
        }

        // A circle of references that depend on each other: taken as satisfied, since nothing else contradicts it.
        if (!_underWay.Add((element, profile)))
        {
            return true;
        }

        var ok = Quietly(() =>
        {
            CheckValue(element, node);
            if (element.IsResource && element.Parent is not null && element.RootResource != element)
            {
                return;
            }
        });
        _underWay.Remove((element, profile));
        return ok;
    }

    private const string CoreRoot = "http://hl7.org/fhir/StructureDefinition/";

    private string TypeOf(string profile) => _validator.Load(profile).Structure!.Type;

    /// <summary>Runs checks and tells whether they found no error; reports nothing.</summary>
    private bool Quietly(Action checks)
    {
        var (wasQuiet, wasFailed) = (_quiet, _failed);
        (_quiet, _failed) = (true, false);
        try
        {
            checks();
            return !_failed;
        }
        finally
        {
            (_quiet, _failed) = (wasQuiet, wasFailed);
        }
    }

    private void Report(IssueSeverity severity, string rule, Element at, string message) => Report(severity, rule, at, null, message);

    private void Report(IssueSeverity severity, string rule, Element at, string? name, string message)
    {
        var isError = severity == IssueSeverity.Error;
        _failed |= isError;
        // Errors have a room of their own: a thousand hints must not hide one.
        if (_quiet || (isError ? _errors : _issues.Count - _errors) >= MostIssues)
        {
            return;
        }

        var place = name is null ? at.Place : $"{at.Place}.{name}";
        if (_told.Add((rule, place, message)))
        {
            _errors += isError ? 1 : 0;
            _issues.Add((severity, rule, place, at.Offset, message));
        }
    }

    private void Error(string rule, Element at, string message) => Report(IssueSeverity.Error, rule, at, null, message);

    private void CheckInvariants(Invariant[] invariants, Element element)
    {
        foreach (var invariant in invariants)
        {
            // Only the resource around a contained one tells its story (R4, references.html#contained).
            if (invariant.Key == "dom-6" && element.Property?.Name == "contained")
            {
                continue;
            }

            bool holds;
            try
            {
                holds = invariant.Holds(element, _environment);
            }
            catch (FhirPathException e)
            {
                Report(IssueSeverity.Warning, invariant.Key, element, $"Rule {invariant.Key} could not be evaluated: {e.Message}");
                continue;
            }

            if (!holds)
            {
                Report(invariant.Severity, invariant.Key, element, invariant.Message);
            }
        }
    }
}
