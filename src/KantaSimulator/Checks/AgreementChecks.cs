using KantaSimulator.Message;
using KantaSimulator.Rules;

namespace KantaSimulator.Checks;

/// <summary>The wrapper repeats the document's metadata; every difference is a finding of its own (SIM-W…), and together they are 4Y00007.</summary>
internal static class AgreementChecks
{
    public static void Run(string wrapperPlace, Metadata wrapper, Metadata document, Findings findings)
    {
        var before = findings.Count;
        Same("id", Rulebook.DocumentIdDiffers, wrapper.Id, document.Id);
        Same("code", Rulebook.RegisterDiffers, $"{wrapper.Register}", $"{document.Register}");
        Same("effectiveTime", Rulebook.EffectiveTimeDiffers, wrapper.EffectiveTime, document.EffectiveTime);
        Same("confidentialityCode", Rulebook.ConfidentialityDiffers, $"{wrapper.Confidentiality}", $"{document.Confidentiality}");
        Same("languageCode", Rulebook.LanguageDiffers, wrapper.Language, document.Language);
        Same("setId", Rulebook.SetIdDiffers, wrapper.SetId, document.SetId);
        Same("versionNumber", Rulebook.VersionDiffers, wrapper.Version, document.Version);
        Same("recordTarget/patient/id", Rulebook.PatientIdDiffers, $"{wrapper.Patient}", $"{document.Patient}");
        Same("recordTarget/patient/patientPerson", Rulebook.PatientDiffers,
            $"{wrapper.PatientName}, {wrapper.Gender}, {wrapper.Birth}", $"{document.PatientName}, {document.Gender}, {document.Birth}");
        Same("author", Rulebook.AuthorsDiffer, string.Join("; ", wrapper.Authors), string.Join("; ", document.Authors));
        Same("custodian", Rulebook.CustodianDiffers, $"{wrapper.Custodian} {wrapper.CustodianName}", $"{document.Custodian} {document.CustodianName}");
        Same("relatedDocument", Rulebook.RelatedDocumentDiffers, wrapper.Related, document.Related);
        Same("componentOf/encounterEvent/id", Rulebook.ServiceEventDiffers, wrapper.ServiceEvent, document.ServiceEvent);
        Same("componentOf/encounterEvent/effectiveTime", Rulebook.ServiceEventTimeDiffers, wrapper.ServiceEventTime, document.ServiceEventTime);

        // A care document's wrapper need not repeat unit and producer, even where the document has them; what it repeats must agree.
        if (wrapper.Unit.Length > 0 || document.IsServiceEventDocument)
            Same("componentOf/encounterEvent/encounterPerformer", Rulebook.UnitDiffers, wrapper.Unit, document.Unit);
        if (wrapper.Producer.Length > 0 || document.IsServiceEventDocument)
            Same("componentOf/encounterEvent/location", Rulebook.UnitDiffers, wrapper.Producer, document.Producer);
        foreach (var field in wrapper.Local.Keys.Union(document.Local.Keys).Order(StringComparer.Ordinal))
            Same($"localHeader/{field}", Rulebook.LocalHeaderDiffers, wrapper.Local.GetValueOrDefault(field, ""), document.Local.GetValueOrDefault(field, ""));
        if (findings.Count > before)
            findings.Add(Rulebook.IntegrityError, wrapperPlace, $"{findings.Count - before} differences between wrapper and document");

        void Same(string path, Rule rule, string inWrapper, string inDocument)
        {
            if (!string.Equals(inWrapper, inDocument, StringComparison.Ordinal))
                findings.Add(rule, $"{wrapperPlace}/{path}", $"wrapper {Shown(inWrapper)}, document {Shown(inDocument)}");
        }
    }

    private static string Shown(string value) => value.Length == 0 ? "nothing" : value;
}
