namespace CareRecords.Treatments;

/// <summary>Canonical addresses of our own profiles, as they stand in fhir-profiles/StructureDefinition.</summary>
internal static class FhirProfiles
{
    private const string Root = "https://carerecords.example/fhir/StructureDefinition/";

    internal const string ServiceEvent = Root + "service-event";
    internal const string Visit = Root + "visit";
    internal const string TreatmentNote = Root + "treatment-note";
    internal const string ReasonForCare = Root + "reason-for-care";
    internal const string Measurement = Root + "measurement";
    internal const string Procedure = Root + "procedure";
    internal const string SigningProvenance = Root + "signing-provenance";
    internal const string Approval = Root + "approval";
}
