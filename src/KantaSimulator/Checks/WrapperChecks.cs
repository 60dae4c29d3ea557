using System.Xml;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Checks;

/// <summary>Judges the wrapper's clinicalDocument (SIM-M21 to M26) and takes the document out of its MIME part (SIM-P…).</summary>
internal static class WrapperChecks
{
    public static void Run(XmlElement wrapper, Interaction interaction, Findings findings)
    {
        foreach (var part in wrapper.DescendantElements().Prepend(wrapper).Where(e => e.NamespaceURI == XmlNav.Hl7))
            if (Shapes.Wrapper.TryGetValue(part.LocalName, out var shape))
                foreach (var (where, what) in shape.Check(part))
                    findings.Add(Rulebook.WrapperStructure, where, what);
        if (wrapper.At("localHeader") is { } local)
        {
            var other = local.At("custodianTypecode") is not null;
            foreach (var (where, what) in (other ? Shapes.LocalHeaderOther : Shapes.LocalHeader).Check(local))
                findings.Add(Rulebook.WrapperStructure, where, what);
        }

        Fixed("statusCode", "completed", Rulebook.StatusCode);
        Fixed("completionCode", "LA", Rulebook.CompletionCode);
        Fixed("storageCode", "AC", Rulebook.StorageCode);

        var replacing = interaction.Kind == InteractionKind.ArchiveReplacement;
        var reason = wrapper.At("reasonCode");
        findings.AddUnless(replacing ? reason.Attr("codeSystem") == "1.2.246.537.5.40178.2008" && reason.Attr("code") is { Length: > 0 } : reason is null,
            Rulebook.ReplacementReason, reason ?? wrapper, reason is null ? "absent" : $"{reason.Attr("code")} {reason.Attr("codeSystem")}");
        var related = wrapper.At("relatedDocument");
        findings.AddUnless(replacing ? related.Attr("typeCode") == "RPLC" : related is null, Rulebook.RelatedDocument, related ?? wrapper,
            related.Attr("typeCode") ?? "absent");

        void Fixed(string element, string code, Rule rule)
        {
            var actual = wrapper.AttrAt(element, "code");
            findings.AddUnless(actual == code, rule, wrapper.At(element) ?? wrapper, actual ?? "absent");
        }
    }

    /// <summary>The bytes of the document; null when they could not be had.</summary>
    public static byte[]? TakePayload(XmlElement wrapper, Findings findings)
    {
        var text = wrapper.At("text");
        if (text.Attr("mediaType") is not { } type || !type.StartsWith("multipart/related", StringComparison.Ordinal))
        {
            findings.Add(Rulebook.PayloadMissing, text ?? wrapper, text.Attr("mediaType") ?? "absent");
            return null;
        }

        var part = MimePart.Read(text!.InnerText, (rule, detail) => findings.Add(rule, text, detail));
        if (part is not null && part.ContentId != wrapper.AttrAt("id", "root"))
            findings.Add(Rulebook.ContentIdMismatch, text, part.ContentId);
        return part?.Content;
    }

    /// <summary>The document as XML; null after the reason was added.</summary>
    public static XmlElement? ReadDocument(byte[] bytes, Findings findings)
    {
        var load = SafeXml.Load(bytes);
        if (load.Document?.DocumentElement is { } root)
            return root;
        findings.Add(load.Fault switch
        {
            XmlFault.Dtd => Rulebook.DocumentDtd,
            XmlFault.TooDeep => Rulebook.DocumentTooDeep,
            XmlFault.Encoding => Rulebook.DocumentEncoding,
            _ => Rulebook.DocumentNotWellFormed,
        }, "/ClinicalDocument", load.Detail);
        return null;
    }
}
