using System.Globalization;
using CareRecords;
using CareRecords.Practice;
using CareRecords.Terminology;
using CareRecords.Treatments;
using KantaConnector.Documents;

namespace KantaConnector.Records;

/// <summary>Maps a signed note and its service event to the documents about them; pure.</summary>
internal static class DocumentsFromCare
{
    public static CareDocument Care(SignedNote note, KantaOptions options, CodeSnapshot codes, string timeZone)
    {
        var unit = new Organisation(note.Controller.UnitOid, note.Controller.UnitName);
        return new CareDocument
        {
            Facts = Facts(note.Patient, note.ServiceEvent, note.Controller, options, codes, timeZone) with
            {
                Oid = note.DocumentOid,
                SetId = note.SetId,
                Version = note.Version,
                Replaces = note.Previous is { } previous ? new PreviousVersion(previous.Oid, previous.Version) : null,
                ReplacementReason = note.Previous is null ? null : CodeSets.Correction,
                Title = note.Content.Title,
                CreatedAt = note.SignedAt,
                Function = new Coded(options.CareFunctionCode, "1.2.246.537.6.300.2010", "STM - Terveydenhuollon tehtäväluokitus 2010"),
                ReleaseToPatient = note.Content.ReleaseOn,
                RetentionClass = note.Content.RetentionClass is { Length: > 0 } retention && retention != CodeSets.RetentionFromDeath.Code
                    ? Named(CodeSets.RetentionFromDeath with { Code = retention, Display = null }, codes, note.Visit.StartedAt)
                    : CodeSets.RetentionFromDeath,
            },
            Entries =
            [
                new ViewEntry
                {
                    View = Code(note.Content.View),
                    CareDate = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(note.Visit.StartedAt, TimeZoneInfo.FindSystemTimeZoneById(note.Visit.Zone)).DateTime),
                    ServiceUnit = unit,
                    Authors = Authors(note, unit),
                    Stages =
                    [
                        .. note.Content.Headings.Where(heading => !heading.IsEmpty).GroupBy(heading => heading.Stage)
                            .Select(stage => new StageSection(Code(stage.Key), [.. stage.Select(heading => Heading(heading, note.Visit.StartedAt, options))])),
                    ],
                },
            ],
            GuardianDisclosure = note.Visit.GuardianDisclosure is { } value && KantaOptions.Field(options.GuardianDisclosureField) is { } field
                ? new GuardianDisclosure(new Coded(value.ToString(CultureInfo.InvariantCulture), CodeSets.GuardianDisclosure), field,
                    options.GuardianDisclosureTemplate is { Length: > 0 } template ? template : null, options.GuardianDisclosurePlace == "section")
                : null,
        };
    }

    public static ServiceEventDocument ServiceEvent(
        PatientFacts patient, ServiceEventFacts serviceEvent, ControllerFacts controller, PractitionerFacts author, DateTimeOffset now,
        (string Oid, string SetId, int Version, PreviousVersion? Replaces) identity, KantaOptions options, CodeSnapshot codes, string timeZone)
    {
        var facts = Facts(patient, serviceEvent, controller, options, codes, timeZone);
        return new ServiceEventDocument
        {
            Facts = facts with
            {
                Oid = identity.Oid,
                SetId = identity.SetId,
                Version = identity.Version,
                Replaces = identity.Replaces,
                ReplacementReason = identity.Replaces is null ? null : CodeSets.Correction with { Code = options.ServiceEventUpdateReason, Display = null },
                Title = "Palvelutapahtuma-asiakirja",
                CreatedAt = now,
                Function = CodeSets.ServiceProcess,
                OutsourcingCustomer = facts.OutsourcingCustomer ?? (options.ServiceEventOrganiser == "always" ? facts.ServiceEvent.Producer : null),
            },
            Authors = [Person(author, AuthorRole.MER, now, new Organisation(controller.UnitOid, controller.UnitName))],
        };
    }

    private static DocumentFacts Facts(
        PatientFacts patient, ServiceEventFacts serviceEvent, ControllerFacts controller, KantaOptions options, CodeSnapshot codes, string timeZone) => new()
        {
            Oid = "",
            SetId = "",
            Version = 1,
            TemplateOids = options.Templates,
            Register = Named(CodeSets.Register(serviceEvent.Outsourcing?.RegisterCode ?? controller.RegisterCode), codes, serviceEvent.StartedAt),
            Title = "",
            CreatedAt = default,
            Patient = Patient(patient, codes, serviceEvent.StartedAt),
            // With an authorisation, into the organiser's register; we stay the producer.
            Custodian = serviceEvent.Outsourcing is { } bought ? new Organisation(bought.RegisterControllerOid, bought.RegisterControllerName) : new Organisation(controller.ControllerOid, controller.Name),
            CustodianType = serviceEvent.Outsourcing is { RegisterControllerKind: "1" } ? CodeSets.PublicController : CodeSets.PrivateController,
            OutsourcingCustomer = serviceEvent.Outsourcing is { } order ? new Organisation(order.CustomerOid, order.CustomerName) : null,
            ServiceEvent = new ServiceEvent
            {
                Oid = serviceEvent.Oid,
                Start = serviceEvent.StartedAt,
                End = serviceEvent.EndedAt,
                Producer = new Organisation(controller.ProducerOid, controller.ProducerName),
                ServiceUnit = new Organisation(controller.UnitOid, controller.UnitName),
                Kind = CodeSets.OutpatientVisit,
            },
            Function = CodeSets.ServiceProcess,
            RetentionClass = CodeSets.RetentionFromDeath,
            Software = Software,
            TimeZone = timeZone,
        };

    internal static SoftwareProduct Software { get; } =
        new("CareRecords", "CareRecords", typeof(DocumentsFromCare).Assembly.GetName().Version?.ToString(3) ?? "1.0");

    internal static InstanceId IdOf(PatientFacts patient) => patient.IdentityCode is { } code
        ? new InstanceId(CodeSets.PersonalIdentityCode, code)
        : new InstanceId(patient.TemporaryIdRoot ?? "", patient.TemporaryId);

    internal static Patient Patient(PatientFacts patient, CodeSnapshot codes, DateTimeOffset at) => new()
    {
        Id = IdOf(patient),
        Name = new PersonName { Family = patient.Name.Family, Given = patient.Name.Given, CallName = patient.Name.CallName },
        Gender = CodeSets.GenderOf(patient.Sex),
        BirthDate = patient.BirthDate,
        // Unknown stays out of the document; without a home, or abroad, is a code of the municipality table like any other.
        HomeMunicipality = patient.HomeMunicipality is { Length: > 0 } municipality
            ? Named(new Coded(municipality, CodeSets.Municipality, CodeSets.NameOf(CodeSets.Municipality)), codes, at)
            : null,
        NonDisclosure = patient.NonDisclosure,
    };

    /// <summary>Makers, the corrector beside the first maker, a typist, and a device: each in its own role.</summary>
    private static List<Author> Authors(SignedNote note, Organisation unit)
    {
        var authors = new List<Author>
        {
            Person(note.FirstAuthor, AuthorRole.MER, note.Act == SignedAct.Correction ? note.FirstWrittenAt : note.WrittenAt, unit),
        };
        if (note.Colleague is { } colleague && colleague.Id != note.FirstAuthor.Id)
        {
            authors.Add(Person(colleague, AuthorRole.MER, note.WrittenAt, unit));
        }
        if (note.Act == SignedAct.Correction)
        {
            authors.Add(Person(note.Author, AuthorRole.KOR, note.WrittenAt, unit));
        }
        if (note.Typist is { } typist && typist.Id != note.Author.Id)
        {
            authors.Add(Person(typist, AuthorRole.KIR, note.WrittenAt, unit));
        }
        if (note.Content.Device is { Length: > 0 } device)
        {
            authors.Add(new Author { Role = AuthorRole.OHJ, Time = note.Visit.StartedAt, Id = null, Device = new AuthoringDevice(null, device), Organisation = unit });
        }
        return authors;
    }

    /// <summary>Who invalidates, as an author in the role MIT.</summary>
    public static Author Invalidator(PractitionerFacts practitioner, ControllerFacts controller, DateTimeOffset time) =>
        Person(practitioner, AuthorRole.MIT, time, new Organisation(controller.UnitOid, controller.UnitName));

    /// <summary>Registered professionals under 1.2.246.537.26, others under 1.2.246.537.29.</summary>
    internal static InstanceId IdOf(PractitionerFacts practitioner) => practitioner.TerhikkiNumber is { Length: > 0 } terhikki
        ? new InstanceId("1.2.246.537.26", terhikki)
        : new InstanceId("1.2.246.537.29", practitioner.PersonnelId);

    private static Author Person(PractitionerFacts practitioner, AuthorRole role, DateTimeOffset time, Organisation unit) => new()
    {
        Role = role,
        Time = time,
        Id = IdOf(practitioner),
        Name = new PersonName { Family = practitioner.Name.Family, Given = practitioner.Name.Given, CallName = practitioner.Name.CallName, Title = practitioner.Title },
        Organisation = unit,
    };

    private static HeadingSection Heading(NoteHeading heading, DateTimeOffset careTime, KantaOptions options) => new()
    {
        Heading = Code(heading.Heading),
        // A fact whose code system has no OID keeps its wording: the narrative is the record.
        Paragraphs =
        [
            .. heading.Facts.Where(fact => options.OidOf(fact.Code.System) is null).Select(fact => $"{Label(fact)}: {Wording(fact)}"),
            .. new[] { heading.Text }.Where(text => !string.IsNullOrWhiteSpace(text)).Select(text => text.Trim()),
        ],
        Structured = [.. heading.Facts.Where(fact => options.OidOf(fact.Code.System) is not null).Select(fact => Structured(fact, careTime, options))],
    };

    private static StructuredEntry Structured(StructuredFact fact, DateTimeOffset careTime, KantaOptions options)
    {
        var code = Code(fact.Code) with { System = options.OidOf(fact.Code.System)! };
        switch (fact.Kind)
        {
            case StructuredKind.Measurement:
                return new Measurement
                {
                    Label = Label(fact),
                    Wording = Wording(fact),
                    Code = code,
                    Value = decimal.Parse(fact.Value ?? "0", NumberStyles.Number, CultureInfo.InvariantCulture),
                    Unit = fact.Unit ?? "1",
                    Time = careTime,
                    TemplateOid = Template(options.MeasurementEntry),
                };
            case StructuredKind.Procedure:
                return new PerformedProcedure { Label = Label(fact), Wording = Wording(fact), Code = code, Time = careTime, TemplateOid = Template(options.ProcedureEntry) };
            default:
                var field = KantaOptions.Field(options.ConditionEntry.Field);
                return new CodedFinding
                {
                    Label = Label(fact),
                    Wording = Wording(fact),
                    Code = field ?? code,
                    Value = field is null ? null : code,
                    Time = careTime,
                    TemplateOid = Template(options.ConditionEntry),
                };
        }
    }

    private static string? Template(EntryForm form) => form.Template.Length > 0 ? form.Template : null;

    private static string Label(StructuredFact fact) => fact.Kind switch
    {
        StructuredKind.Measurement => fact.Code.Display,
        StructuredKind.Procedure => "Toimenpide",
        _ => "Hoidon syy",
    };

    private static string Wording(StructuredFact fact) =>
        fact.Kind == StructuredKind.Measurement ? $"{fact.Value?.Replace('.', ',')} {(fact.Unit == "{score}" ? "" : fact.Unit)}".TrimEnd() : $"{fact.Code.Code} {fact.Code.Display}".Trim();

    /// <summary>With the name that the imported table gives it on the day of care.</summary>
    private static Coded Named(Coded code, CodeSnapshot codes, DateTimeOffset at) =>
        codes.Find(code.System, code.Code, DateOnly.FromDateTime(at.DateTime)) is { } row ? code with { Display = row.LongFi ?? row.Fi } : code;

    private static Coded Code(NoteCode code)
    {
        var system = code.System.Replace("urn:oid:", "", StringComparison.Ordinal);
        return new Coded(code.Code, system, CodeSets.NameOf(system), code.Display.Length > 0 ? code.Display : null);
    }
}
