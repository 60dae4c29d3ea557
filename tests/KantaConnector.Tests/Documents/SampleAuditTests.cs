using System.Xml.Linq;
using KantaConnector.Documents;
using KantaConnector.Messages;
using Shouldly;

namespace KantaConnector.Tests.Documents;

/// <summary>
/// Our writer beside the two published messages, element by element. Given the facts of the service-event message it must write that very document
/// and wrapper; the replacing message, whose content is imaging, is compared by shape. What may differ is listed here with its reason.
/// </summary>
public class SampleAuditTests
{
    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";

    /// <summary>Defaults of the schemas, which one published sender writes and the other leaves out.</summary>
    private static readonly string[] SchemaDefaults = ["classCode", "moodCode", "typeCode", "determinerCode", "contextControlCode"];

    /// <summary>Names of code sets and codes are for readers, and the two senders word them differently.</summary>
    private static readonly string[] ReadersNames = ["codeSystemName", "displayName"];

    private static ReadMessage Sample(string name) => MessageReader.Read(File.ReadAllBytes(OutsideMaterial.Kanta(name)));

    private static XElement Ours(BuiltDocument built, string interaction)
    {
        var header = new MessageHeader
        {
            MessageId = $"{Some.Root}.13.1",
            CreatedAt = new DateTimeOffset(2017, 9, 22, 12, 15, 58, 936, TimeSpan.Zero),
            Interaction = interaction,
            Trigger = interaction == "RCMR_IN100002FI01" ? "RCMR_TE000102UV01" : "RCMR_TE000910UV01",
            ServiceRequest = new Coded("PP1", "1.2.246.537.5.40157.2008"),
            ProcessingCode = "D",
            Profiles = ["1.2.246.777.11.2015.5", "1.2.246.777.11.2008.10"],
            ReceiverOid = "1.2.246.556.18007.2",
            SenderOid = "1.2.246.537.10.15675350.10.0.13.2.1",
            ProviderOid = "1.2.246.537.10.15675350.10.0",
        };
        using var certificate = Some.Certificate();
        var bytes = MedicalRecordsMessage.Write(header, "1.2.3", (built.WrapperBefore, built.WrapperAfter), Some.Signed(built, certificate));
        // Out of the SOAP envelope, which the published files do not have.
        return new XElement(SafeXml.Linq(bytes).Root!.Elements().Single().Elements().Single());
    }

    private static DocumentFacts FactsOfTheSample() => new()
    {
        Oid = "1.2.246.537.10.15675350.10.1.11220.19098",
        SetId = "1.2.246.537.10.15675350.10.1.11220.19098",
        Version = 1,
        TemplateOids = ["1.2.246.777.11.2015.29", "1.2.246.777.11.2015.23", "1.2.246.777.11.2015.10"],
        Register = CodeSets.Register("2"),
        Title = "palvelutapahtuma-asiakirja",
        CreatedAt = new DateTimeOffset(2017, 9, 22, 15, 15, 52, TimeSpan.FromHours(3)),
        Patient = new Patient
        {
            Id = new InstanceId("1.2.246.537.10.15675350.22.2003", "010100A998F"),
            Name = new PersonName { Family = "TESTI", Given = ["TIINA"], CallName = "TIINA" },
            Gender = CodeSets.GenderOf("2"),
            BirthDate = new DateOnly(2000, 1, 1),
            HomeMunicipality = new Coded("092", CodeSets.Municipality),
        },
        Custodian = new Organisation("1.2.246.537.10.15675350.19.0", "HYKS-sairaanhoitoalue"),
        CustodianType = CodeSets.PrivateController with { Code = "1" },
        ServiceEvent = new ServiceEvent
        {
            Oid = "1.2.246.537.10.15675350.16.2017.1676",
            Start = new DateTimeOffset(2017, 9, 22, 14, 42, 0, TimeSpan.FromHours(3)),
            End = new DateTimeOffset(2017, 9, 22, 15, 0, 0, TimeSpan.FromHours(3)),
            Producer = new Organisation("1.2.246.537.10.15675350.10.0", "HUS"),
            ServiceUnit = new Organisation("1.2.246.537.10.15675350.10.710", "Korva-, nenä- ja kurkkupoliklinikka, Kirurginen sairaala"),
            Kind = CodeSets.OutpatientVisit,
        },
        OutsourcingCustomer = new Organisation("1.2.246.537.10.15675350.10.0", "HUS"),
        Function = CodeSets.ServiceProcess,
        RetentionClass = CodeSets.RetentionFromDeath,
        Software = new SoftwareProduct("CGI", "Uranus", "U8.4"),
    };

    private static BuiltDocument TheSampleByOurWriter() => CdaBuilder.Build(new ServiceEventDocument
    {
        Facts = FactsOfTheSample(),
        Authors =
        [
            new Author
            {
                Role = AuthorRole.MER, Time = new DateTimeOffset(2017, 9, 22, 15, 0, 0, TimeSpan.FromHours(3)), Id = new InstanceId("1.2.246.21", "150848-999B"),
                Name = new PersonName { Family = "Hyks", Given = ["Testaaja2007"] },
            },
        ],
    });

    [Fact]
    public void ServiceEventDocument_FromTheSamplesFacts_IsTheSampleElementByElement()
    {
        var sample = SafeXml.Linq(Sample("RCMR_IN100002FI01.xml").Cda).Root!;
        var ours = SafeXml.Linq(TheSampleByOurWriter().Cda).Root!;
        // Signed apart, with a key of its own.
        sample.Descendants(XName.Get("signatureCollection", "urn:hl7finland")).Remove();
        Lines(ours).ShouldBe(Lines(sample));
    }

    [Fact]
    public void ServiceEventWrapper_FromTheSamplesFacts_IsTheSampleElementByElement()
    {
        var sample = SafeXml.Linq(File.ReadAllBytes(OutsideMaterial.Kanta("RCMR_IN100002FI01.xml"))).Root!;
        var ours = Ours(TheSampleByOurWriter(), "RCMR_IN100002FI01");
        foreach (var message in new[] { sample, ours })
        {
            message.Descendants(Hl7 + "text").Remove();
            message.Element(Hl7 + "id")!.Remove();
        }
        Lines(ours).ShouldBe(Lines(sample));
    }

    [Fact]
    public void Signature_HasTheSamplesElementsInItsOrder()
    {
        var sample = SafeXml.Linq(Sample("RCMR_IN100016FI01.xml").Cda).Root!;
        using var certificate = Some.Certificate();
        var ours = SafeXml.Linq(Some.Signed(CdaBuilder.Build(TwoAuthors()), certificate)).Root!;
        static IEnumerable<string> Names(XElement root) => root.Descendants(XName.Get("signatureCollection", "urn:hl7finland")).Single().DescendantsAndSelf()
            .Select(element => $"{element.Name} {string.Join(' ', element.Attributes().Where(a => !a.IsNamespaceDeclaration && a.Name.LocalName is not ("ID" or "Id" or "URI")).Select(a => a.ToString()))}");
        Names(ours).ShouldBe(Names(sample));
    }

    /// <summary>What the sample's imaging entry has and ours never write, and what ours have beside it.</summary>
    public static readonly string[] OnlyInTheSample =
    [
        // white space for readers, at the end of narrative blocks
        "text/br", "content/br",
        // the request that an imaging study answers, study and accession numbers: this product does no imaging
        "observation/entryRelationship", "observation/reference",
    ];

    public static readonly string[] OnlyInOurs =
    [
        // Values of findings and measurements; the sample names the study by code alone.
        "observation/value",
        // Basic data of each patient document (703/2023); the other sample carries it, this one leaves it out.
        "localHeader/patientHomeMunicipality",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CareDocument_HasTheReplacingSamplesShape(bool wrapper)
    {
        var sample = wrapper ? SafeXml.Linq(File.ReadAllBytes(OutsideMaterial.Kanta("RCMR_IN100016FI01.xml"))).Root! : SafeXml.Linq(Sample("RCMR_IN100016FI01.xml").Cda).Root!;
        var built = CdaBuilder.Build(TwoAuthors());
        using var certificate = Some.Certificate();
        var ours = wrapper ? Ours(built, "RCMR_IN100016FI01") : SafeXml.Linq(Some.Signed(built, certificate)).Root!;
        var (expected, actual) = (Shape(sample), Shape(ours));
        foreach (var (path, children) in actual.Where(pair => !OnlyInOurs.Any(known => pair.Key.EndsWith("/" + known, StringComparison.Ordinal))))
        {
            expected.ContainsKey(path).ShouldBeTrue($"{path} does not stand in the sample");
            var common = expected[path].Intersect(children).ToArray();
            // The parts of a name have no order of their own, and the two senders differ in it.
            (path.EndsWith("/name", StringComparison.Ordinal) ? common : children.Where(common.Contains)).ShouldBe(common, $"order in {path}");
            children.Except(expected[path]).Select(name => Tail(path, name)).Except(OnlyInOurs).ShouldBeEmpty($"beyond the sample in {path}");
        }
        foreach (var (path, children) in expected.Where(pair => actual.ContainsKey(pair.Key)))
        {
            children.Except(actual[path]).Select(name => Tail(path, name)).Except(OnlyInTheSample).ShouldBeEmpty($"missing in {path}");
        }
        Systems(ours).Keys.Intersect(Systems(sample).Keys).ShouldAllBe(path => Systems(ours)[path].IsSubsetOf(Systems(sample)[path]) || path.EndsWith("observation/code", StringComparison.Ordinal));
    }

    private static string Tail(string path, string name) => $"{path[(path.LastIndexOf('/') + 1)..]}/{name}";

    private static CareDocument TwoAuthors()
    {
        var correction = Some.Correction();
        var entry = correction.Entries[0];
        var finding = Some.Structured() with { Structured = [.. Some.Structured().Structured.OfType<CodedFinding>()] };
        return correction with
        {
            Facts = correction.Facts with { ReleaseToPatient = new DateOnly(2026, 3, 3) },
            Entries =
            [
                entry with { Authors = [Some.Maker()], Stages = [new StageSection(entry.Stages[0].Stage, [finding])] },
                entry with
                {
                    Authors = [Some.Maker() with { Id = new InstanceId("1.2.246.537.26", "99987654321") }, Some.Maker(AuthorRole.KIR) with { Organisation = null }],
                    Stages = [new StageSection(entry.Stages[1].Stage, [finding])],
                },
            ],
        };
    }

    /// <summary>Child names in their order of first occurrence, for each path of element names.</summary>
    private static Dictionary<string, List<string>> Shape(XElement root)
    {
        var shape = new Dictionary<string, List<string>>();
        void Visit(XElement element, string path)
        {
            var children = shape.TryGetValue(path, out var known) ? known : shape[path] = [];
            foreach (var child in element.Elements())
            {
                if (!children.Contains(child.Name.LocalName))
                {
                    children.Add(child.Name.LocalName);
                }
                Visit(child, $"{path}/{child.Name.LocalName}");
            }
        }
        Visit(root, root.Name.LocalName);
        return shape;
    }

    private static Dictionary<string, HashSet<string>> Systems(XElement root) => root.DescendantsAndSelf().Where(element => element.Attribute("codeSystem") is not null)
        .GroupBy(Path).ToDictionary(group => group.Key, group => group.Select(element => element.Attribute("codeSystem")!.Value).ToHashSet());

    private static string Path(XElement element) => string.Join('/', element.AncestorsAndSelf().Reverse().Select(e => e.Name.LocalName));

    private static IReadOnlyList<string> Lines(XElement root) =>
    [
        .. root.DescendantsAndSelf().Select(element =>
            $"{Path(element)} {{{element.Name.NamespaceName}}} {string.Join(' ', element.Attributes()
                .Where(a => !a.IsNamespaceDeclaration && !ReadersNames.Contains(a.Name.LocalName) && !(SchemaDefaults.Contains(a.Name.LocalName) && element.Name.LocalName != "relatedSubject"))
                .OrderBy(a => a.Name.LocalName, StringComparer.Ordinal).Select(a => $"{a.Name.LocalName}={a.Value}"))} {(element.HasElements || element.Name.LocalName == "softwareSupport" ? "" : element.Value.Trim())}"),
    ];
}
