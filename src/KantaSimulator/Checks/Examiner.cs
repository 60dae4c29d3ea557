using System.Security.Cryptography;
using System.Xml;
using KantaSimulator.Hosting;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Signature;
using KantaSimulator.Xml;

namespace KantaSimulator.Checks;

/// <summary>All that one message says and all that is wrong with it, before the archive's own state is asked.</summary>
internal sealed record Examination(Interaction? Interaction, string MessageId, string Sender, string ProcessingCode, XmlElement Message, Findings Findings)
{
    public Metadata? Document { get; init; }
    public byte[]? DocumentBytes { get; init; }
    public string Title { get; init; } = "";
    public SignatureReport? Signature { get; init; }

    /// <summary>SHA-256 of the document's bytes, lower-case hexadecimal; empty without a document.</summary>
    public string Hash { get; init; } = "";
}

/// <summary>Runs every check that needs no archive; a pure function of message, options and clock.</summary>
internal sealed class Examiner(SimulatorOptions options, SystemSignature signatures, TimeProvider clock)
{
    private static readonly TimeZoneInfo Helsinki = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki");

    public DateTime LocalNow => TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Helsinki).DateTime;

    public Examination Examine(XmlElement message)
    {
        var findings = new Findings(options.Leniency);
        var interaction = Interaction.Find(message.LocalName, options);
        var examination = new Examination(interaction, message.AttrAt("id", "root") ?? "", message.AttrAt("sender/device/id", "root") ?? "",
            message.AttrAt("processingCode", "code") ?? "", message, findings);
        findings.AddUnless(message.NamespaceURI == XmlNav.Hl7, Rulebook.Namespace, message, message.NamespaceURI);
        if (interaction is null)
        {
            findings.Add(Rulebook.UnknownInteraction, message, message.LocalName);
            return examination;
        }

        TransmissionChecks.Run(message, interaction, options, LocalNow, findings);
        return interaction.IsArchiving ? ExamineDocument(examination, interaction) : examination;
    }

    private Examination ExamineDocument(Examination examination, Interaction interaction)
    {
        var findings = examination.Findings;
        var subjects = examination.Message.At("controlActProcess").Elements("subject").SelectMany(s => s.Elements("clinicalDocument")).ToList();
        if (subjects is not [var wrapper])
        {
            findings.Add(Rulebook.OneDocument, examination.Message.At("controlActProcess"), $"{subjects.Count}");
            return examination;
        }

        WrapperChecks.Run(wrapper, interaction, findings);
        var bytes = WrapperChecks.TakePayload(wrapper, findings);
        if (bytes is null || WrapperChecks.ReadDocument(bytes, findings) is not { } document)
            return examination;

        DocumentChecks.Run(document, findings);
        if (findings.Has(Rulebook.NotClinicalDocument))
            return examination;
        var metadata = MetadataReader.FromDocument(document);
        BodyChecks.Run(document, metadata, findings);
        CodeChecks.Run(document, metadata, findings);
        IdentityChecks.Run(document, metadata, LocalNow, findings);
        AgreementChecks.Run(wrapper.Place(), MetadataReader.FromWrapper(wrapper), metadata, findings);
        VersionChecks.Run(document, metadata, interaction, findings);
        var signature = signatures.Verify(document, findings);
        return examination with
        {
            Document = metadata,
            DocumentBytes = bytes,
            Hash = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Title = document.At("title").Squeezed(),
            Signature = signature,
        };
    }
}
