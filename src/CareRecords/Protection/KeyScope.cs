namespace CareRecords.Protection;

/// <summary>Whose data key encrypts something: one patient's, or the practice's where there is no patient or several.</summary>
public readonly record struct KeyScope(string Name)
{
    public static KeyScope Practice { get; } = new("practice");

    /// <summary>The key that is destroyed when this patient's erasable data is.</summary>
    public static KeyScope Patient(string patientId) => new("patient:" + patientId);
}
