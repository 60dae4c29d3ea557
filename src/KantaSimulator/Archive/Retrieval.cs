using System.Xml;
using KantaSimulator.Checks;
using KantaSimulator.Faults;
using KantaSimulator.Hosting;
using KantaSimulator.Ledger;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Archive;

/// <summary>
/// Query, fetch and invalidation under this simulator's own names, since Kanta's are not public (docs/simulator-wire.md section 7).
/// </summary>
internal sealed class Retrieval(ArchiveService archive, AnswerWriter answers, TimeProvider clock)
{
    private sealed record Criteria(string DocumentId, string SetId, string ServiceEvent, string PatientRoot, string PatientId);

    /// <exception cref="LedgerException">The ledger cannot be written.</exception>
    public async Task<(byte[] Answer, Acknowledgement Said)> AnswerAsync(Examination examination, Interaction interaction, byte[] request, Fault? fault)
    {
        var findings = examination.Findings;
        if (fault is { Kind: "refuse" })
            findings.Add(Rulebook.Find(fault.Code ?? "SIM-F01")!, examination.Message.Place(), "switched on");
        return interaction.Kind == InteractionKind.Invalidate
            ? await InvalidateAsync(examination, request, fault)
            : await QueryAsync(examination, interaction.Kind == InteractionKind.Fetch, request, fault);
    }

    private async Task<(byte[], Acknowledgement)> QueryAsync(Examination examination, bool fetch, byte[] request, Fault? fault)
    {
        var findings = examination.Findings;
        var query = examination.Message.At("controlActProcess/queryByParameter");
        var criteria = Read(query, examination.Message, findings);
        if (fetch && criteria is { DocumentId.Length: 0 })
            findings.Add(Rulebook.QueryParameters, query ?? examination.Message, "a fetch needs documentId");
        var found = findings.Refused || criteria is null ? [] : archive.Read((state, _) => Find(state, criteria));
        if (fetch && found.Count == 0 && !findings.Refused)
            findings.Add(Rulebook.FetchNotFound, query, criteria!.DocumentId);
        var answer = Verdict.AnswerTo(findings, duplicateIsAccepted: false);
        await archive.RecordAsync(_ => Entry("query", examination, request, fault) with { Outcome = "answered", Answer = answer, Found = found.Count });

        var acknowledgement = Acknowledge(examination, answer);
        var bytes = answers.Write($"{examination.Message.LocalName}_RESPONSE", [acknowledgement], xml =>
        {
            xml.WriteStartElement("controlActProcess", XmlNav.Hl7);
            xml.WriteAttributeString("moodCode", "EVN");
            AnswerWriter.Element(xml, "code", ("code", fetch ? "SIM_TE_FETCH_RESPONSE" : "SIM_TE_QUERY_RESPONSE"));
            foreach (var document in found)
                RetrievedDocument.Write(xml, document.Row, document.Invalidated, fetch ? archive.DocumentBytes(document.Row.Id) : null);
            xml.WriteStartElement("queryAck", XmlNav.Hl7);
            AnswerWriter.Element(xml, "queryId", ("root", query.AttrAt("queryId", "root") ?? ""));
            AnswerWriter.Element(xml, "queryResponseCode", ("code", answer != "AA" ? "QE" : found.Count > 0 ? "OK" : "NF"));
            AnswerWriter.Element(xml, "resultTotalQuantity", ("value", XmlConvert.ToString(found.Count)));
            xml.WriteEndElement();
            xml.WriteEndElement();
        });
        return (bytes, acknowledgement);
    }

    private async Task<(byte[], Acknowledgement)> InvalidateAsync(Examination examination, byte[] request, Fault? fault)
    {
        var findings = examination.Findings;
        var act = examination.Message.At("controlActProcess");
        var subject = act.At("subject/clinicalDocument");
        string? document = subject.AttrAt("id", "root"), serviceEvent = document is null ? subject.AttrAt("componentOf/encounterEvent/id", "root") : null;
        findings.AddUnless(act.AttrAt("reasonCode", "code") is { Length: > 0 }, Rulebook.InvalidationReason, act ?? examination.Message);
        var entry = await archive.RecordAsync(state =>
        {
            if (state.KnowsMessage(examination.MessageId))
                findings.Add(Rulebook.MessageIdReused, examination.Message, examination.MessageId);
            if (serviceEvent is not null)
                JudgeEvent(state, serviceEvent, subject!, findings);
            else
                JudgeDocument(state, document ?? "", subject ?? examination.Message, findings);
            return Entry("invalidation", examination, request, fault) with
            {
                DocumentId = document,
                ServiceEvent = serviceEvent,
                Reason = act.AttrAt("reasonCode", "code"),
                Outcome = findings.Refused ? "refused" : "invalidated",
                Answer = Verdict.AnswerTo(findings, duplicateIsAccepted: false),
                Findings = [.. findings.Select(FindingRow.From)],
            };
        });
        var acknowledgement = Acknowledge(examination, entry.Answer!);
        return (answers.Write(acknowledgement), acknowledgement);
    }

    private static void JudgeDocument(ArchiveState state, string id, XmlElement where, Findings findings)
    {
        if (state.Find(id) is not { } document)
            findings.Add(Rulebook.NothingToInvalidate, where, id);
        else if (document.Invalidated)
            findings.Add(Rulebook.AlreadyInvalidated, where, id);
    }

    private static void JudgeEvent(ArchiveState state, string id, XmlElement where, Findings findings)
    {
        if (state.Event(id) is not { } serviceEvent)
            findings.Add(Rulebook.NothingToInvalidate, where, id);
        else if (serviceEvent.Invalidated)
            findings.Add(Rulebook.AlreadyInvalidated, where, id);
        else if (state.Documents.Any(d => d.Row.ServiceEvent == id && d.Row.Type != "4" && state.StatusOf(d) == "current"))
            findings.Add(Rulebook.EventNotEmpty, where, id);
    }

    private static List<(DocumentRow Row, bool Invalidated)> Find(ArchiveState state, Criteria c) =>
        [.. state.Documents.Where(d => Is(c.DocumentId, d.Row.Id) && Is(c.SetId, d.Row.SetId) && Is(c.ServiceEvent, d.Row.ServiceEvent)
            && Is(c.PatientId, d.Row.PatientId) && Is(c.PatientRoot, d.Row.PatientRoot)).OrderBy(d => d.Seq).Select(d => (d.Row, d.Invalidated))];

    private static bool Is(string criterion, string value) => criterion.Length == 0 || criterion == value;

    private static Criteria? Read(XmlElement? query, XmlElement message, Findings findings)
    {
        string[] names = ["documentId", "setId", "serviceEventId", "patientId"];
        var parameters = query.At("parameterList").Elements().ToList();
        if (parameters.Count == 0)
        {
            findings.Add(Rulebook.QueryParameters, query ?? message);
            return null;
        }

        foreach (var parameter in parameters)
            if (!names.Contains(parameter.LocalName) || parameters.Count(p => p.LocalName == parameter.LocalName) > 1 || !Values.IsOid(parameter.AttrAt("value", "root")))
                findings.Add(Rulebook.QueryParameterMalformed, parameter, parameter.LocalName);
        return new Criteria(Root("documentId"), Root("setId"), Root("serviceEventId"), Root("patientId"),
            query.AttrAt("parameterList/patientId/value", "extension") ?? "");

        string Root(string name) => query.AttrAt($"parameterList/{name}/value", "root") ?? "";
    }

    private LedgerEntry Entry(string kind, Examination examination, byte[] request, Fault? fault) => new()
    {
        Kind = kind,
        At = clock.GetUtcNow(),
        Interaction = examination.Message.LocalName,
        MessageId = examination.MessageId,
        Sender = examination.Sender,
        Fault = fault?.Name,
        Raw = Packed.Pack(request),
    };

    private static Acknowledgement Acknowledge(Examination examination, string type) => new(type, examination.MessageId, examination.Sender,
        examination.ProcessingCode is { Length: > 0 } code ? code : "D", [.. examination.Findings]);
}
