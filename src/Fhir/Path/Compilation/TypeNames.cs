using Fhir.Definitions;
using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Compilation;

/// <summary>Resolves type specifiers: System.X, FHIR.X, or X alone, which FHIR is asked for first.</summary>
internal static class TypeNames
{
    /// <summary>The type; null if no model knows the name.</summary>
    internal static TypeTest? Resolve(string specifier)
    {
        var dot = specifier.IndexOf('.', StringComparison.Ordinal);
        var (model, name) = dot < 0 ? ("", specifier) : (specifier[..dot], specifier[(dot + 1)..]);
        var system = model is "" or "System" ? SystemKind(name) : PathKind.None;
        var fhir = model is "" or "FHIR" && IsFhirType(name) ? string.Intern(name) : null;
        if (model is not ("" or "System" or "FHIR"))
        {
            return null;
        }

        if (name == "Any" && model != "FHIR")
        {
            return new TypeTest(PathKind.None, null, Any: true);
        }

        // A name that only the other model knows is a type all the same: nothing is of it in this one.
        return system != PathKind.None || fhir is not null || (model.Length > 0 && (IsFhirType(name) || SystemKind(name) != PathKind.None))
            ? new TypeTest(system, fhir)
            : null;
    }

    internal static bool IsFhirType(string name) => FhirTypes.IsResource(name) || FhirTypes.Find(name) is not null;

    private static PathKind SystemKind(string name) => name switch
    {
        "Boolean" => PathKind.Boolean,
        "Integer" => PathKind.Integer,
        "Long" => PathKind.Long,
        "Decimal" => PathKind.Decimal,
        "String" => PathKind.String,
        "Date" => PathKind.Date,
        "DateTime" => PathKind.DateTime,
        "Time" => PathKind.Time,
        "Quantity" => PathKind.Quantity,
        _ => PathKind.None,
    };
}
