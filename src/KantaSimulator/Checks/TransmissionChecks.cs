using System.Xml;
using KantaSimulator.Hosting;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Checks;

/// <summary>Judges the transmission wrapper and the control act of any message: rules SIM-M01 to M20, M27 and 5Y00009.</summary>
internal static class TransmissionChecks
{
    public const string TriggerCodeSystem = "2.16.840.1.113883.1.18";
    public const string ServiceRequestCodeSystem = "1.2.246.537.5.40157.2008";

    public static void Run(XmlElement message, Interaction interaction, SimulatorOptions options, DateTime localNow, Findings findings)
    {
        Structure(message, findings);
        findings.AddUnless(message.Attr("ITSVersion") == "XML_1.0", Rulebook.ItsVersion, message, message.Attr("ITSVersion") ?? "absent");
        var id = message.At("interactionId");
        findings.AddUnless(id.Attr("extension") == message.LocalName && id.Attr("root") == "2.16.840.1.113883.1.6", Rulebook.InteractionIdMismatch, id ?? message,
            $"{id.Attr("root")} {id.Attr("extension")}");
        findings.AddUnless(Values.IsOid(message.AttrAt("id", "root")), Rulebook.MessageIdInvalid, message.At("id") ?? message, message.AttrAt("id", "root") ?? "");
        CreationTime(message, localNow, findings);
        Fixed(message, "versionCode", "V3-2006", Rulebook.VersionCode, findings);
        Fixed(message, "processingModeCode", "T", Rulebook.ProcessingModeCode, findings);
        Fixed(message, "acceptAckCode", "ER", Rulebook.AcceptAckCode, findings);
        var processing = message.AttrAt("processingCode", "code") ?? "";
        findings.AddUnless(options.ProcessingCodes.Contains(processing), Rulebook.ProcessingCode, message.At("processingCode") ?? message, processing);

        var profiles = message.Elements("profileId").ToList();
        findings.AddUnless(profiles.Count > 0 && profiles.TrueForAll(p => p.Attr("root") is { } root && Values.IsOid(root)
            && root.StartsWith("1.2.246.777.", StringComparison.Ordinal)), Rulebook.ProfileIdMissing, profiles.FirstOrDefault() ?? message);

        var receiver = message.AttrAt("receiver/device/id", "root") ?? "";
        findings.AddUnless(receiver == options.Party, Rulebook.ReceiverUnknown, message.At("receiver") ?? message, $"{receiver}, this is {options.Party}");
        var sender = message.AttrAt("sender/device/id", "root");
        findings.AddUnless(Values.IsOid(sender), Rulebook.SenderMissing, message.At("sender") ?? message, sender ?? "");
        ControlAct(message, interaction, options, sender, findings);
    }

    private static void Structure(XmlElement message, Findings findings)
    {
        foreach (var (where, what) in Shapes.Message.Check(message))
            findings.Add(Rulebook.MessageStructure, where, what);
        foreach (var part in message.DescendantElements().TakeWhile(e => e.LocalName != "clinicalDocument" || e.ParentNode?.LocalName != "subject"))
            if (part.NamespaceURI == XmlNav.Hl7 && Shapes.MessageParts.TryGetValue(part.LocalName, out var shape))
                foreach (var (where, what) in shape.Check(part))
                    if (!(part.LocalName == "subject" && where.LocalName is "clinicalDocument" or "subject"))
                        findings.Add(Rulebook.MessageStructure, where, what);
    }

    private static void CreationTime(XmlElement message, DateTime localNow, Findings findings)
    {
        var value = message.AttrAt("creationTime", "value");
        var time = Values.ReadTime(value);
        var where = message.At("creationTime") ?? message;
        if (time is null)
            findings.Add(Rulebook.CreationTimeInvalid, where, value ?? "absent");
        else if ((localNow - time.Value).Duration() > TimeSpan.FromDays(1))
            findings.Add(Rulebook.CreationTimeFarOff, where, value!);
    }

    private static void ControlAct(XmlElement message, Interaction interaction, SimulatorOptions options, string? sender, Findings findings)
    {
        var act = message.At("controlActProcess");
        findings.AddUnless(act.Attr("moodCode") == "RQO", Rulebook.MoodCode, act ?? message, act.Attr("moodCode") ?? "absent");
        var trigger = act.At("code");
        findings.AddUnless(trigger.Attr("code") == interaction.Trigger && (!interaction.IsArchiving || trigger.Attr("codeSystem") == TriggerCodeSystem),
            Rulebook.TriggerEvent, trigger ?? act ?? message, trigger.Attr("code") ?? "absent");
        if (interaction.IsArchiving)
        {
            var request = act.At("reasonCode");
            findings.AddUnless(request.Attr("codeSystem") == ServiceRequestCodeSystem && options.ServiceRequests.Contains(request.Attr("code") ?? ""),
                Rulebook.ServiceRequest, request ?? act ?? message, $"{request.Attr("code")} {request.Attr("codeSystem")}");
        }

        var provider = act.AttrAt("authorOrPerformer/assignedPerson/representedOrganization/id", "root");
        if (interaction.Kind != InteractionKind.Query && interaction.Kind != InteractionKind.Fetch)
            findings.AddUnless(Values.IsOid(provider), Rulebook.ProviderMissing, act.At("authorOrPerformer") ?? act ?? message, provider ?? "");
        if (options.AllowedSenders.Count > 0 && !options.AllowedSenders.Contains(sender ?? ""))
            findings.Add(Rulebook.NoRight, message.At("sender"), $"sender {sender}");
        if (options.AllowedProviders.Count > 0 && provider is not null && !options.AllowedProviders.Contains(provider))
            findings.Add(Rulebook.NoRight, act.At("authorOrPerformer"), $"provider {provider}");
    }

    private static void Fixed(XmlElement message, string element, string code, Rule rule, Findings findings)
    {
        var actual = message.AttrAt(element, "code");
        findings.AddUnless(actual == code, rule, message.At(element) ?? message, actual ?? "absent");
    }
}
