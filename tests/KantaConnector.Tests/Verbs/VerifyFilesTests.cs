using System.Text;
using System.Text.Json;
using KantaConnector.Tests.Documents;
using KantaConnector.Tests.Messages;
using KantaConnector.Verbs;
using Shouldly;

namespace KantaConnector.Tests.Verbs;

public sealed class VerifyFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kanta-verify-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static async Task<(int Exit, string Text)> Run(bool json, params string[] files)
    {
        var output = new StringWriter();
        return (await VerifyFiles.RunAsync(files, null, json, output, CancellationToken.None), output.ToString());
    }

    [Fact]
    public async Task Verify_OurMessageAndDocument_AreSound()
    {
        using var certificate = Some.Certificate();
        var (exit, text) = await Run(false, Write("message.xml", MedicalRecordsMessageTests.Message("care")), Write("document.xml", Some.Signed(CdaBuilderTests.Build("service event"), certificate)));
        text.ShouldContain("message.xml: sound");
        text.ShouldContain("document.xml: sound");
        text.ShouldContain("schema not checked: no folder");
        exit.ShouldBe(0);
    }

    [Fact]
    public async Task Verify_AForm_IsSound()
    {
        var (exit, text) = await Run(false, Write("form.xml", MedicalRecordsMessageTests.Message("form")));
        text.ShouldContain("form.xml: sound");
        exit.ShouldBe(0);
    }

    [Fact]
    public async Task Verify_WithoutTheSchemasItWasToldToUse_Returns2AndSaysSo()
    {
        var output = new StringWriter();
        (await VerifyFiles.RunAsync([Write("message.xml", MedicalRecordsMessageTests.Message("care"))], Path.Combine(folder, "none"), json: false, output, CancellationToken.None)).ShouldBe(2);
        output.ToString().ShouldContain("CDA_Fi.xsd cannot be read there");
    }

    [Fact]
    public async Task Verify_WithSchemas_SaysThatTheyHold()
    {
        var output = new StringWriter();
        (await VerifyFiles.RunAsync([Write("message.xml", MedicalRecordsMessageTests.Message("care"))], OutsideMaterial.Kanta("schemas"), json: false, output, CancellationToken.None)).ShouldBe(0);
        output.ToString().ShouldContain("schema valid");
    }

    [Fact]
    public async Task Verify_ThePublishedForm_HasNoFaultButItsSignature()
    {
        var (exit, text) = await Run(true, OutsideMaterial.Kanta("KIE_Kielto_20170127.xml"));
        exit.ShouldBe(1);
        JsonDocument.Parse(text).RootElement.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()!).Where(problem => !problem.StartsWith("signature: ", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_Tampered_NamesWhatDiffers()
    {
        var message = Encoding.UTF8.GetString(MedicalRecordsMessageTests.Message("care")).Replace("Toiminimi Testaaja", "Toiminimi Toinen", StringComparison.Ordinal);
        using var certificate = Some.Certificate();
        var document = Encoding.UTF8.GetString(Some.Signed(CdaBuilderTests.Build("care"), certificate)).Replace("Selkä", "Niska", StringComparison.Ordinal);
        var (exit, text) = await Run(true, Write("message.xml", Encoding.UTF8.GetBytes(message)), Write("document.xml", Encoding.UTF8.GetBytes(document)));
        exit.ShouldBe(1);
        var reports = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        reports[0].GetProperty("problems")[0].GetString().ShouldBe("wrapper and document differ: custodian");
        reports[1].GetProperty("signatureIntact").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Verify_ChainThatDoesNotContinue_IsNotSound()
    {
        using var certificate = Some.Certificate();
        var other = Some.CareDocument() with { Facts = Some.CareDocument().Facts with { Title = "Toinen" } };
        var (exit, text) = await Run(false,
            Write("1.xml", Some.Signed(CdaBuilderTests.Build("care"), certificate)),
            Write("1b.xml", Some.Signed(KantaConnector.Documents.CdaBuilder.Build(other), certificate)),
            Write("2.xml", Some.Signed(CdaBuilderTests.Build("correction"), certificate)));
        exit.ShouldBe(1);
        text.ShouldContain("another document is version 1 of the same set");
    }

    [Theory]
    [InlineData("not xml")]
    [InlineData("<!DOCTYPE x [<!ENTITY e 'x'>]><x>&e;</x>")]
    [InlineData("<x/>")]
    public async Task Verify_Unreadable_Returns2(string content) => (await Run(false, Write("x.xml", Encoding.UTF8.GetBytes(content)))).Exit.ShouldBe(2);

    [Fact]
    public async Task Verify_NoOrMissingFile_Returns2()
    {
        (await Run(false)).Exit.ShouldBe(2);
        (await Run(false, Path.Combine(folder, "none.xml"))).Exit.ShouldBe(2);
    }

    [Theory]
    [InlineData("RCMR_IN100002FI01.xml")]
    [InlineData("RCMR_IN100016FI01.xml")]
    public async Task Verify_PublishedMessages_AreSound(string file)
    {
        var (exit, text) = await Run(false, OutsideMaterial.Kanta(file));
        text.ShouldContain(": sound");
        text.ShouldContain("signature intact");
        exit.ShouldBe(0);
    }
}
