using Fhir.Definitions;
using Fhir.Model;

namespace CareRecords.Store;

/// <summary>Where the truth of a served type is kept.</summary>
public enum Owner
{
    /// <summary>The resource store.</summary>
    Store,

    /// <summary>Rows of another module or the signing use case; the store holds what the owner writes beside them, and foreign writes go through the owner.</summary>
    Projected,

    /// <summary>Computed from other rows at each request; read-only.</summary>
    View,
}

/// <summary>Who may do what with a type, before the single record's patient and controller are looked at.</summary>
public enum TypePolicy
{
    /// <summary>No decision: a table with such a line does not load.</summary>
    None,

    /// <summary>Facts about the practice: every client reads, administrators write.</summary>
    Directory,

    /// <summary>Customers and calendar: practitioners and receptionists.</summary>
    Booking,

    /// <summary>Patient records: practitioners.</summary>
    Care,

    /// <summary>Accounts and invoices: practitioners, receptionists and administrators.</summary>
    Money,

    /// <summary>The access log: privacy officers read.</summary>
    Log,

    /// <summary>Every client does everything: conformance runs on a throw-away practice only.</summary>
    Open,
}

/// <summary>One line of the owner table.</summary>
/// <param name="PatientPaths">Where the patient stands whose record it is, as element paths to references; empty: it is nobody's.</param>
public sealed record ServedType(string Name, Owner Owner, TypePolicy Policy, params string[] PatientPaths)
{
    /// <summary>The search parameters that a view answers, beside those that every resource has.</summary>
    public IReadOnlyList<string> ViewParameters { get; init; } = [];

    /// <summary>A conformance type whose resources come with the program: a view that answers every parameter of the type.</summary>
    public bool IsDefinition { get; init; }
}

/// <summary>
/// The one table that says who owns each served FHIR type, whose record it is and who may touch it. A type that is not here is not served, and a line
/// without a policy stops the start.
/// </summary>
public sealed class ServedTypes
{
    private static readonly string[] _usualPaths = ["subject", "patient"];
    private readonly Dictionary<string, ServedType> _types;

    /// <summary>The table of a practice.</summary>
    public static ServedTypes Practice { get; } = new(
    [
        new("Patient", Owner.Projected, TypePolicy.Booking),
        new("RelatedPerson", Owner.Store, TypePolicy.Booking, "patient"),
        new("Practitioner", Owner.Store, TypePolicy.Directory),
        new("PractitionerRole", Owner.Store, TypePolicy.Directory),
        new("Organization", Owner.Store, TypePolicy.Directory),
        new("Location", Owner.Store, TypePolicy.Directory),
        new("HealthcareService", Owner.Store, TypePolicy.Directory),
        new("Schedule", Owner.View, TypePolicy.Directory) { ViewParameters = ["actor", "active"] },
        new("Slot", Owner.View, TypePolicy.Directory) { ViewParameters = ["schedule", "start", "status"] },
        new("Appointment", Owner.Projected, TypePolicy.Booking, "participant.actor"),
        new("EpisodeOfCare", Owner.Store, TypePolicy.Care, "patient"),
        new("Encounter", Owner.Projected, TypePolicy.Care, "subject"),
        new("Condition", Owner.Store, TypePolicy.Care, "subject"),
        new("Observation", Owner.Store, TypePolicy.Care, "subject"),
        new("Procedure", Owner.Store, TypePolicy.Care, "subject"),
        new("CarePlan", Owner.Store, TypePolicy.Care, "subject"),
        new("ClinicalImpression", Owner.Store, TypePolicy.Care, "subject"),
        new("ServiceRequest", Owner.Store, TypePolicy.Care, "subject"),
        new("Questionnaire", Owner.Store, TypePolicy.Directory),
        new("QuestionnaireResponse", Owner.Store, TypePolicy.Care, "subject"),
        new("Composition", Owner.Projected, TypePolicy.Care, "subject"),
        new("DocumentReference", Owner.Store, TypePolicy.Care, "subject"),
        new("Binary", Owner.Store, TypePolicy.Care, "securityContext"),
        new("Consent", Owner.Store, TypePolicy.Care, "patient"),
        new("Provenance", Owner.Store, TypePolicy.Care, "target"),
        new("AuditEvent", Owner.View, TypePolicy.Log) { ViewParameters = ["patient", "date", "entity", "outcome"] },
        new("Task", Owner.View, TypePolicy.Care) { ViewParameters = ["patient", "subject", "focus", "identifier", "status", "business-status", "code", "intent", "modified", "authored-on"] },
        new("Communication", Owner.Store, TypePolicy.Care, "subject"),
        new("Account", Owner.Store, TypePolicy.Money, "subject"),
        new("ChargeItem", Owner.Store, TypePolicy.Money, "subject"),
        new("Invoice", Owner.Store, TypePolicy.Money, "subject"),
        new("Bundle", Owner.Store, TypePolicy.Care),
        .. ((string[])["StructureDefinition", "ValueSet", "CodeSystem", "SearchParameter", "OperationDefinition", "CapabilityStatement"])
            .Select(t => new ServedType(t, Owner.View, TypePolicy.Directory) { IsDefinition = true }),
    ]);

    /// <summary>Every R4 type, all in the store, open to every client: for conformance suites on a throw-away practice. SubscriptionStatus, whose definition is held too, came after R4.</summary>
    public static ServedTypes Everything { get; } = new(
        FhirTypes.ResourceNames.Where(n => n is not ("Resource" or "DomainResource" or "Parameters" or "SubscriptionStatus"))
            .Select(n => Practice.Find(n) is { Owner: not Owner.View } served
                ? served with { Owner = Owner.Store, Policy = TypePolicy.Open }
                : new ServedType(n, Owner.Store, TypePolicy.Open, PatientPathsOf(n))),
        generic: true);

    /// <exception cref="InvalidOperationException">A line has no policy, or names no type of R4.</exception>
    internal ServedTypes(IEnumerable<ServedType> types, bool generic = false)
    {
        _types = types.ToDictionary(t => t.Name, StringComparer.Ordinal);
        Generic = generic;
        foreach (var type in _types.Values)
        {
            if (type.Policy == TypePolicy.None || FhirTypes.Find(type.Name) is null)
            {
                throw new InvalidOperationException($"The served type {type.Name} has no access policy or no definition.");
            }
        }
    }

    public IReadOnlyCollection<ServedType> All => _types.Values;

    /// <summary>The generic policy of conformance runs: rules of the practice (a record stays with its patient) do not hold.</summary>
    public bool Generic { get; }

    /// <summary>The type's line; null when it is not served.</summary>
    public ServedType? Find(string name) => _types.GetValueOrDefault(name);

    /// <summary>The one patient whose record this is; null when it is nobody's or more than one's.</summary>
    internal string? PatientOf(Element resource, string id)
    {
        if (resource.TypeName == "Patient")
        {
            return id;
        }

        string? found = null;
        foreach (var path in Find(resource.TypeName)?.PatientPaths ?? [])
        {
            foreach (var reference in At([resource], path.Split('.')))
            {
                if (PatientIn(reference.TextAt("reference")) is not { } patient)
                {
                    continue;
                }

                if (found is not null && found != patient)
                {
                    return null;
                }

                found = patient;
            }
        }

        return found;
    }

    private static string? PatientIn(string? reference)
    {
        const string prefix = "Patient/";
        if (reference is null || !reference.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var end = reference.IndexOf('/', prefix.Length);
        return end < 0 ? reference[prefix.Length..] : reference[prefix.Length..end];
    }

    private static IEnumerable<Element> At(IEnumerable<Element> from, ReadOnlyMemory<string> path) =>
        path.Length == 0 ? from : At(from.SelectMany(e => e.ChildrenNamed(path.Span[0])), path[1..]);

    private static string[] PatientPathsOf(string type) =>
        FhirTypes.Find(type) is not { } definition ? [] : [.. _usualPaths.Where(name => definition.Properties.Any(p => p.Name == name))];
}
