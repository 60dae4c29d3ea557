using System.Diagnostics.CodeAnalysis;

namespace Fhir.FhirPath.Values;

/// <summary>The type of an item in a collection: a System type, or an element of a resource.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "These are the names of the System types.")]
public enum PathKind : byte
{
    /// <summary>No item.</summary>
    None,

    /// <summary>System.Boolean.</summary>
    Boolean,

    /// <summary>System.Integer, 32 bits.</summary>
    Integer,

    /// <summary>System.Long, 64 bits.</summary>
    Long,

    /// <summary>System.Decimal.</summary>
    Decimal,

    /// <summary>System.String.</summary>
    String,

    /// <summary>System.Date.</summary>
    Date,

    /// <summary>System.DateTime.</summary>
    DateTime,

    /// <summary>System.Time.</summary>
    Time,

    /// <summary>System.Quantity.</summary>
    Quantity,

    /// <summary>What type() answers: a namespace and a name.</summary>
    TypeInfo,

    /// <summary>An element or resource of the FHIR model.</summary>
    Element,
}
