namespace KantaSimulator.Tests.Samples;

/// <summary>The CDA document of an own sample, with placeholders where <see cref="Signer"/> writes.</summary>
internal static class OwnDocument
{
    public static string Write(OwnSample s) => $$"""
        <?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3"><realmCode code="FI"/><typeId extension="POCD_HD000040" root="2.16.840.1.113883.1.3"/><templateId root="1.2.246.777.11.2015.29"/><id root="{{s.DocumentId}}"/><code code="3" codeSystem="1.2.246.537.5.40150.2009" displayName="Yksityinen terveydenhuolto"/><title>{{(s.IsServiceEvent ? "Palvelutapahtuma-asiakirja" : "Fysioterapia")}}</title><effectiveTime value="{{s.Stamp}}"/><confidentialityCode code="5" codeSystem="1.2.246.777.5.99902.2006"/><languageCode code="fi"/><setId root="{{s.SetId}}"/><versionNumber value="{{s.Version}}"/><recordTarget><patientRole><id extension="{{s.PatientId}}" root="{{s.PatientRoot}}"/><patient>{{Name}}<administrativeGenderCode code="2" codeSystem="1.2.246.537.5.1.1997" displayName="Nainen"/><birthTime value="{{s.Birth}}"/></patient></patientRole></recordTarget><author><time nullFlavor="NA"/><assignedAuthor>{{Author}}</assignedAuthor></author><custodian><assignedCustodian><representedCustodianOrganization><id root="{{OwnSample.Organisation}}.19.0"/><name>Esimerkkihoitola</name></representedCustodianOrganization></assignedCustodian></custodian>{{Related(s)}}<componentOf><encompassingEncounter><id root="{{s.ServiceEvent}}"/>{{Encounter(s)}}</encompassingEncounter></componentOf><localHeader xmlns="urn:hl7finland">{{Local(s, "custodianTypeCode", Signature(s), "<patientHomeMunicipality code=\"092\" codeSystem=\"1.2.246.537.6.21.2003\"/>")}}</localHeader><component><structuredBody ID="OID{{s.DocumentId}}.0">{{(s.IsServiceEvent ? EventBody(s) : NoteBody(s))}}</structuredBody></component></ClinicalDocument>
        """;

    private const string Name = "<name><family>TESTI</family><given>TIINA</given><given qualifier=\"CL\">TIINA</given></name>";

    private const string Author = "<id extension=\"99999900001\" root=\"1.2.246.537.26\"/><assignedPerson><name><family>Esimerkki</family><given>Elli</given><suffix>Fysioterapeutti</suffix></name></assignedPerson>";

    public static string Related(OwnSample s) => s.Version == 1 ? "" :
        $"<relatedDocument typeCode=\"RPLC\"><parentDocument><id root=\"{s.ParentId}\"/><setId root=\"{s.SetId}\"/><versionNumber value=\"{s.Version - 1}\"/></parentDocument></relatedDocument>";

    public static string Local(OwnSample s, string custodianType, string signature, string municipality) =>
        (s.IsServiceEvent ? "" : "<tableOfContents><contentsCode code=\"DEMO-FYST\" codeSystem=\"1.2.246.537.6.12.2002\" displayName=\"FYST\"/></tableOfContents>") +
        "<fileFormat code=\"1\" codeSystem=\"1.2.246.537.5.40179.2008\" displayName=\"CDA R2\"/>" +
        "<softwareSupport moderator=\"Esimerkki\" product=\"Sample\" version=\"1\">Sample 1</softwareSupport>" +
        $"<documentType code=\"{(s.IsServiceEvent ? 4 : 1)}\" codeSystem=\"1.2.246.537.5.5001.2011\"/>" +
        $"<functionCode code=\"{(s.IsServiceEvent ? "06.00" : "06.04.00")}\" codeSystem=\"1.2.246.537.6.300.2010\"/>" +
        "<recordStatus code=\"3\" codeSystem=\"1.2.246.537.5.40154.2008\" displayName=\"Arkistointivalmis\"/>" + signature +
        $"<{custodianType} code=\"2\" codeSystem=\"1.2.246.537.5.40172.2008\" displayName=\"Yksityinen\"/>" +
        (s.IsServiceEvent ? "<encompassingEncounterCode code=\"2\" codeSystem=\"1.2.246.537.5.40156.2008\"/>" : "") +
        $"<encompassingEncounterMasterCode code=\"{(s.IsServiceEvent ? 1 : 2)}\" codeSystem=\"1.2.246.537.5.40180.2008\"/>" +
        "<retentionPeriodClass code=\"2\" codeSystem=\"1.2.246.537.5.40158.2008\"/>" +
        (s.IsServiceEvent ? "" : $"<releaseDateForPatientViewing value=\"{s.Stamp[..8]}\"/>") + municipality;

    private static string Encounter(OwnSample s) => s.IsServiceEvent
        ? $"<effectiveTime><low value=\"{s.Stamp}\"/><high value=\"{s.Stamp}\"/></effectiveTime><responsibleParty><assignedEntity><id nullFlavor=\"NA\"/><representedOrganization><id root=\"{OwnSample.Organisation}.10.0\"/><name>Esimerkkihoitola</name></representedOrganization></assignedEntity></responsibleParty><encounterParticipant typeCode=\"ATND\"><time><low value=\"{s.Stamp}\"/></time><assignedEntity><id nullFlavor=\"NI\"/><representedOrganization><id root=\"{OwnSample.Organisation}.10.1\"/><name>Vastaanotto</name></representedOrganization></assignedEntity></encounterParticipant>"
        : "<effectiveTime nullFlavor=\"NA\"/>";

    private static string Subject(OwnSample s) =>
        $"<subject><relatedSubject classCode=\"PAT\"><code code=\"{s.PatientId}\" codeSystem=\"{s.PatientRoot}\"/><subject>{Name}</subject></relatedSubject></subject>";

    private static string EventBody(OwnSample s) => $"<component><section><id root=\"{s.ServiceEvent}\"/>{Subject(s)}</section></component>";

    private static string NoteBody(OwnSample s) => $"""
        <component><section ID="OID{s.DocumentId}.1.1"><id root="{s.DocumentId}.1.1"/><code code="DEMO-FYST" codeSystem="1.2.246.537.6.12.2002" displayName="FYST"/><title>FYST</title><text ID="OID{s.DocumentId}.1.1.2"><paragraph><content>Vastaanotto</content></paragraph></text>{Subject(s)}<author><functionCode code="MER" codeSystem="1.2.246.537.5.40006.2003"/><time value="{s.Stamp}"/><assignedAuthor>{Author}<representedOrganization><id root="{OwnSample.Organisation}.10.1"/><name>Vastaanotto</name></representedOrganization></assignedAuthor></author><component><section ID="OID{s.DocumentId}.1.1.3"><code code="15" codeSystem="1.2.246.537.6.13.2006" displayName="Hoidon toteutus"/><title>Hoidon toteutus</title><component><section ID="OID{s.DocumentId}.1.1.4"><code code="53" codeSystem="1.2.246.537.6.14.2006" displayName="Tutkimukset"/><title>Tutkimukset</title><text ID="OID{s.DocumentId}.1.1.5"><paragraph><content ID="OID{s.DocumentId}.1.1.6" styleCode="xUnstructured">{s.Text}</content></paragraph></text><entry><observation classCode="OBS" moodCode="EVN"><code code="DEMO-1" codeSystem="{OwnSample.Organisation}.99.1"/><text><reference value="#OID{s.DocumentId}.1.1.6"/></text></observation></entry></section></component></section></component></section></component>
        """;

    private static string Signature(OwnSample s) => $$$"""
        <signatureCollection><signature ID="sig1_{{{s.DocumentId}}}"><signatureDescription code="3" codeSystem="1.2.246.537.5.40127.2006" displayName="Järjestelmäallekirjoitus / perusjärjestelmä"/><signatureTimestamp ID="sigt_{{{s.DocumentId}}}">{{{s.Time.UtcDateTime:yyyy-MM-ddTHH:mm:ss}}}Z</signatureTimestamp><Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="sig2_{{{s.DocumentId}}}"><SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI="#sigt_{{{s.DocumentId}}}"><Transforms><Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{{DIGEST-TIME}}</DigestValue></Reference><Reference URI="#OID{{{s.DocumentId}}}.0"><Transforms><Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{{DIGEST-BODY}}</DigestValue></Reference></SignedInfo><SignatureValue>{{VALUE}}</SignatureValue><KeyInfo><X509Data><X509Certificate>{{CERTIFICATE}}</X509Certificate></X509Data></KeyInfo></Signature></signature></signatureCollection>
        """;
}
