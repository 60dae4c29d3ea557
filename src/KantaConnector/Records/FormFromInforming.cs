using System.Globalization;
using CareRecords.Practice;
using CareRecords.Terminology;
using CareRecords.Treatments;
using KantaConnector.Documents;

namespace KantaConnector.Records;

/// <summary>Maps an act of informing, permission or denial to its form; pure.</summary>
internal static class FormFromInforming
{
    public static InformationDocument Form(
        InformingFacts act, int version, PatientFacts patient, ControllerFacts controller, PractitionerFacts recorder,
        (string Oid, string SetId, int Version, PreviousVersion? Replaces) identity, KantaOptions options, CodeSnapshot codes, string timeZone,
        (DateTimeOffset From, DateTimeOffset? Until)? eventPeriod = null)
    {
        var form = options.UnverifiedForms.Of(act.Kind);
        var whole = form.Layout == DenialForm2017.Name;
        var view = KantaOptions.Field(whole ? DenialForm2017.View : form.View)!;
        var withdrawn = version > 1 ? act.Withdrawn ?? throw new InvalidOperationException($"Act {act.Id} was not withdrawn.") : null;
        var at = withdrawn?.RecordedAt ?? act.RecordedAt;
        var title = form.Title.Length > 0 ? form.Title : whole ? "Kieltoasiakirja" : Name(act.Kind);
        return new InformationDocument
        {
            Form = view with { Display = title },
            TemplateOid = form.Template.Length > 0 ? form.Template : whole ? DenialForm2017.Template : null,
            Time = at,
            Facts = new DocumentFacts
            {
                Oid = identity.Oid,
                SetId = identity.SetId,
                Version = identity.Version,
                Replaces = identity.Replaces,
                ReplacementReason = identity.Replaces is null ? null : CodeSets.Correction with { Code = options.UnverifiedForms.WithdrawalReason, Display = null },
                TemplateOids = options.Templates,
                Register = CodeSets.Register(CodeSets.InformationManagement),
                Title = title,
                CreatedAt = at,
                Patient = DocumentsFromCare.Patient(patient, codes, at),
                Custodian = CodeSets.Kela,
                CustodianType = CodeSets.PrivateController,
                // A form belongs to no service event; its header names provider and unit, and the time of recording.
                ServiceEvent = new ServiceEvent
                {
                    Oid = controller.ProducerOid,
                    Start = at,
                    End = at,
                    Producer = new Organisation(controller.ProducerOid, controller.ProducerName),
                    ServiceUnit = new Organisation(controller.UnitOid, controller.UnitName),
                    Kind = CodeSets.OutpatientVisit,
                },
                Function = CodeSets.UseAndDisclosure,
                RetentionClass = CodeSets.RetentionFromDeath,
                Software = DocumentsFromCare.Software,
                TimeZone = timeZone,
            },
            Fields = whole
                ? [.. DenialForm2017.Fields(act, withdrawn, Statement(act, withdrawn), identity.Oid, eventPeriod, patient, controller, recorder, TimeZoneInfo.FindSystemTimeZoneById(timeZone))]
                : [.. Fields(act, withdrawn, form, patient, controller, recorder)],
        };
    }

    private static IEnumerable<FormField> Fields(
        InformingFacts act, Withdrawal? withdrawn, InformationForm form, PatientFacts patient, ControllerFacts controller, PractitionerFacts recorder)
    {
        var on = withdrawn?.On ?? act.GivenOn;
        var who = new PersonName { Family = recorder.Name.Family, Given = recorder.Name.Given, CallName = recorder.Name.CallName, Title = recorder.Title };
        yield return Field(form.StatementField, Name(act.Kind), Statement(act, withdrawn), new FormValue.Truth(withdrawn is null));
        if (form.VersionField.Length > 0)
        {
            yield return Field(form.VersionField, "Version", act.TextVersion, null);
        }
        if (form.DateField.Length > 0)
        {
            yield return Field(form.DateField, "Ajankohta", Day(on), new FormValue.Day(on));
        }
        if (form.ScopeField.Length > 0 && act.Scope is { } scope)
        {
            yield return Field(form.ScopeField, "Kiellon kohde", Scope(act, controller), scope switch
            {
                "event" => new FormValue.Id(new InstanceId(act.ServiceEventOid!)),
                "provider" => new FormValue.Id(new InstanceId(controller.ProducerOid)),
                _ => null,
            });
        }
        if (form.PatientField.Length > 0)
        {
            yield return Field(form.PatientField, "Sukunimi, etunimet", $"{patient.Name.Family}, {string.Join(' ', patient.Name.Given)}",
                new FormValue.Person(new PersonName { Family = patient.Name.Family, Given = patient.Name.Given, CallName = patient.Name.CallName }));
        }
        if (form.PatientIdField.Length > 0)
        {
            var id = DocumentsFromCare.IdOf(patient);
            yield return Field(form.PatientIdField, "Henkilötunnus", id.Extension ?? "", new FormValue.Id(id));
        }
        if (form.RecorderField.Length > 0)
        {
            yield return Field(form.RecorderField, "Kirjaajan sukunimi, etunimet", $"{who.Family}, {string.Join(' ', who.Given)}", new FormValue.Person(who));
        }
        if (form.RecorderIdField.Length > 0)
        {
            var id = DocumentsFromCare.IdOf(recorder);
            yield return Field(form.RecorderIdField, "Kirjaajan tunniste", id.Extension ?? "", new FormValue.Id(id));
        }
        if (form.ProviderField.Length > 0)
        {
            yield return Field(form.ProviderField, "Terveydenhuollon palvelujen antaja", controller.ProducerName, new FormValue.Id(new InstanceId(controller.ProducerOid)));
        }

        FormField Field(string code, string title, string wording, FormValue? value) => new(new Coded(code, form.FieldSystem, null, title), title, wording, value);
    }

    /// <summary>Whole in itself, whichever fields the form has: what, which text, when, recorded by whom.</summary>
    private static string Statement(InformingFacts act, Withdrawal? withdrawn) => withdrawn is null
        ? $"{Name(act.Kind)}, tekstin versio {act.TextVersion}, {Day(act.GivenOn)}. Kirjaaja: {act.RecordedByName}."
        : $"{Name(act.Kind)} ({Day(act.GivenOn)}, tekstin versio {act.TextVersion}) peruutettu {Day(withdrawn.On)}. Kirjaaja: {withdrawn.RecordedByName}.";

    private static string Name(string kind) => kind switch
    {
        RecordInforming.Denial => "Luovutuskielto",
        RecordInforming.Permission => "Luovutuslupa",
        _ => "Kanta-informointi",
    };

    private static string Scope(InformingFacts act, ControllerFacts controller) => act.Scope switch
    {
        "event" => $"Palvelutapahtuma {act.ServiceEventOid}",
        "provider" => $"Palvelujen antaja {controller.ProducerName}",
        _ => "Kaikki tiedot",
    };

    private static string Day(DateOnly day) => day.ToString("d.M.yyyy", CultureInfo.InvariantCulture);
}
