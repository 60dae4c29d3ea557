using System.Xml.Linq;
using CareRecords.Practice;
using CareRecords.Terminology;
using CareRecords.Treatments;
using KantaConnector.Documents;
using KantaConnector.Records;
using Shouldly;

namespace KantaConnector.Tests.Records;

/// <summary>The denial of <c>kielto-2017</c> beside the published example: the same groups, fields, titles and kinds of values in the same order.</summary>
public sealed class DenialFormTests
{
    private static readonly XNamespace Hl7 = "urn:hl7-org:v3";
    private static readonly XNamespace Xsi = "http://www.w3.org/2001/XMLSchema-instance";
    private static readonly DateTimeOffset Recorded = new(2026, 3, 2, 9, 30, 0, TimeSpan.FromHours(2));
    private static readonly KantaOptions Options = new() { UnverifiedForms = new InformationForms { Denial = new InformationForm { Layout = DenialForm2017.Name } } };

    private static XElement Form(string scope, bool withdrawn = false, bool emergency = true)
    {
        var act = new InformingFacts(
            Guid.CreateVersion7(), "p", Guid.CreateVersion7(), RecordInforming.Denial, "2.0", new DateOnly(2026, 3, 2), Guid.CreateVersion7(), "Veera Hoitaja", Recorded, false, scope,
            scope == "event" ? $"{Some.Root}.16.2026.1.7" : null, withdrawn ? new Withdrawal(new DateOnly(2026, 3, 3), null, "Veera Hoitaja", Recorded.AddDays(1)) : null, emergency);
        var patient = new PatientFacts("p", new PersonNameParts("Testilä", ["Aino", "Maria"], "Aino"), "010594Y9032", null, null, new DateOnly(1994, 5, 1), "2", "092", false);
        var controller = new ControllerFacts(
            Guid.CreateVersion7(), "Toiminimi Testaaja", "self_employed", $"{Some.Root}.19.0", $"{Some.Root}.10.0", "Testaaja Oy", $"{Some.Root}.10.1", "Hoitohuone Harju", Some.Root, "10", $"{Some.Root}.22");
        var recorder = new PractitionerFacts(Guid.CreateVersion7(), new PersonNameParts("Hoitaja", ["Veera"]), "Fysioterapeutti", "99912345678", null, controller.Id, "r");
        const string Oid = Some.Root + ".11.2026.1.1", Next = Some.Root + ".11.2026.1.2";
        var form = FormFromInforming.Form(
            act, withdrawn ? 2 : 1, patient, controller, recorder, withdrawn ? (Next, Oid, 2, new PreviousVersion(Oid, 1)) : (Oid, Oid, 1, null), Options, CodeSnapshot.Empty, "Europe/Helsinki",
            scope == "event" ? (Recorded, Recorded.AddMinutes(45)) : null);
        DocumentProblems.Of(form).ShouldBeEmpty();
        var built = CdaBuilder.Build(form);
        new CdaSchemas(OutsideMaterial.Kanta("schemas")).Problems(built.Cda).ShouldBeEmpty();
        CdaChecks.Problems(SafeXml.Linq(built.Cda)).ShouldBeEmpty();
        return SafeXml.Linq(built.Cda).Root!;
    }

    /// <summary>Group/field, title and type of value of every section of the form, in order.</summary>
    private static List<string> Sections(XElement root) =>
    [
        .. root.Descendants(Hl7 + "structuredBody").Descendants(Hl7 + "section").Skip(1).Select(section => string.Join(' ',
            string.Join('/', section.AncestorsAndSelf(Hl7 + "section").Reverse().Skip(1).Select(one => one.Element(Hl7 + "code")!.Attribute("code")!.Value)),
            section.Element(Hl7 + "title")!.Value.Trim(), (string?)section.Element(Hl7 + "entry")?.Descendants(Hl7 + "value").First().Attribute(Xsi + "type") ?? "")),
    ];

    [Theory]
    [InlineData("event")]
    [InlineData("provider")]
    public void Denial_IsThePublishedForm_WithItsScopesFields(string scope)
    {
        var sample = Sections(SafeXml.Linq(File.ReadAllBytes(OutsideMaterial.Kanta("KIE_Kielto_20170127.xml"))).Root!);
        // What our record does not hold: that the patient could not sign, and the number of the form's specification. And each of ours is of one scope.
        string[] left = ["16/19 ", "16/20 ", "26/28 ", .. scope == "event" ? ["10 ", "10/"] : (string[])["6 ", "6/"]];
        Sections(Form(scope)).ShouldBe([.. sample.Where(section => !left.Any(one => section.StartsWith(one, StringComparison.Ordinal)))]);
    }

    [Fact]
    public void Denial_SaysWhetherItCoversEmergencies_AndAWithdrawalThatNothingIsDenied()
    {
        string Value(XElement form, string field) => form.Descendants(Hl7 + "section").Single(section => section.Element(Hl7 + "code")?.Attribute("code")?.Value == field)
            .Descendants(Hl7 + "value").Single().Attribute("value")!.Value;
        (Value(Form("provider"), "15"), Value(Form("provider", emergency: false), "15"), Value(Form("provider"), "5")).ShouldBe(("true", "false", "false"));
        var withdrawal = Form("provider", withdrawn: true);
        Value(withdrawal, "5").ShouldBe("true");
        Sections(withdrawal).ShouldAllBe(section => !section.StartsWith("10", StringComparison.Ordinal));
    }

    [Fact]
    public void Layout_OfAnotherForm_OrBesideAView_IsRefusedAtTheStart()
    {
        new InformationForms { Denial = new InformationForm { Layout = DenialForm2017.Name } }.Problems().ShouldBeEmpty();
        new InformationForms { Denial = new InformationForm { Layout = "kielto-2018" } }.Problems().Count().ShouldBe(1);
        new InformationForms { Informing = new InformationForm { Layout = DenialForm2017.Name } }.Problems().Count().ShouldBe(1);
        new InformationForms { Denial = new InformationForm { Layout = DenialForm2017.Name, View = DenialForm2017.View } }.Problems().Count().ShouldBe(1);
    }
}
