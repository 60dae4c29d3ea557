namespace KantaSimulator.Tests.Samples;

/// <summary>The Medical Records wrapper of an own sample, in the published samples' form.</summary>
internal static class OwnWrapper
{
    public static string Write(OwnSample s)
    {
        var interaction = s.Version == 1 ? "RCMR_IN100002FI01" : "RCMR_IN100016FI01";
        return $$$"""
            <{{{interaction}}} ITSVersion="XML_1.0" xmlns="urn:hl7-org:v3">
            <id root="{{{OwnSample.Organisation}}}.10.0.13.2.1.1795460000000.1"/>
            <creationTime value="{{{s.Stamp}}}.478"/>
            <versionCode code="V3-2006"/>
            <interactionId extension="{{{interaction}}}" root="2.16.840.1.113883.1.6"/>
            <profileId root="1.2.246.777.11.2015.5"/>
            <profileId root="1.2.246.777.11.2008.10"/>
            <processingCode code="D"/>
            <processingModeCode code="T"/>
            <acceptAckCode code="ER"/>
            <receiver typeCode="RCV"><device><id root="1.2.246.556.18007.2"/></device></receiver>
            <sender typeCode="SND"><device><id root="{{{OwnSample.Organisation}}}.10.0.13.2.1"/></device></sender>
            <controlActProcess moodCode="RQO">
            <code code="{{{(s.Version == 1 ? "RCMR_TE000102UV01" : "RCMR_TE000910UV01")}}}" codeSystem="2.16.840.1.113883.1.18"/>
            <reasonCode code="PP1" codeSystem="1.2.246.537.5.40157.2008" displayName="Arkistoi palvelujen antajan omia asiakirjoja"/>
            <authorOrPerformer typeCode="PRF"><assignedPerson><representedOrganization><id root="{{{OwnSample.Organisation}}}.10.0"/></representedOrganization></assignedPerson></authorOrPerformer>
            <subject typeCode="SUBJ"><clinicalDocument>
            <templateId root="1.2.246.777.11.2015.5"/>
            <id root="{{{s.DocumentId}}}"/>
            <code code="3" codeSystem="1.2.246.537.5.40150.2009" displayName="Yksityinen terveydenhuolto"/>
            <text mediaType="multipart/related">{{MIME}}</text>
            <statusCode code="completed"/>
            <effectiveTime value="{{{s.Stamp}}}"/>
            <confidentialityCode code="5" codeSystem="1.2.246.777.5.99902.2006" displayName="Terveydenhuollon salassapidettävä"/>
            {{{(s.Version == 1 ? "" : "<reasonCode code=\"1\" codeSystem=\"1.2.246.537.5.40178.2008\" displayName=\"Korjaus\"/>")}}}
            <languageCode code="fi"/>
            <setId root="{{{s.SetId}}}"/>
            <versionNumber value="{{{s.Version}}}"/>
            <completionCode code="LA" codeSystem="1.2.246.537.5.40115.2006"/>
            <storageCode code="AC" codeSystem="1.2.246.537.5.40116.2006"/>
            <recordTarget><patient><id extension="{{{s.PatientId}}}" root="{{{s.PatientRoot}}}"/><statusCode code="active"/><patientPerson>
            <name><family>TESTI</family><given>TIINA</given><given qualifier="CL">TIINA</given></name>
            <administrativeGenderCode code="2" codeSystem="1.2.246.537.5.1.1997" displayName="Nainen"/><birthTime value="{{{s.Birth}}}"/></patientPerson></patient></recordTarget>
            <author><time nullFlavor="NA"/><assignedAuthor><id extension="99999900001" root="1.2.246.537.26"/><assignedPerson><name><family>Esimerkki</family><given>Elli</given><suffix>Fysioterapeutti</suffix></name></assignedPerson></assignedAuthor></author>
            <custodian><assignedCustodian><representedOrganization><id root="{{{OwnSample.Organisation}}}.19.0"/><name>Esimerkkihoitola</name></representedOrganization></assignedCustodian></custodian>
            {{{OwnDocument.Related(s)}}}
            <componentOf><encounterEvent><id root="{{{s.ServiceEvent}}}"/>{{{Encounter(s)}}}</encounterEvent></componentOf>
            <localHeader xmlns="urn:hl7finland">{{{OwnDocument.Local(s, "custodianTypecode", "", "")}}}</localHeader>
            </clinicalDocument></subject></controlActProcess></{{{interaction}}}>
            """;
    }

    public static string Mime(OwnSample s) => $$$"""
        MIME-Version: 1.0
        Content-Type: multipart/related; boundary="----=_Part_1"

        ------=_Part_1
        Content-Type: text/xml; charset=UTF-8
        Content-Transfer-Encoding: BASE64
        Content-ID: <{{{s.DocumentId}}}>

        {{BASE64}}
        ------=_Part_1--
        """;

    private static string Encounter(OwnSample s) => s.IsServiceEvent
        ? $"""
           <effectiveTime><low value="{s.Stamp}"/><high value="{s.Stamp}"/></effectiveTime><encounterPerformer typeCode="PRF"><time><low value="{s.Stamp}"/></time><assignedPerson><id nullFlavor="NI"/><representedOrganization><id root="{OwnSample.Organisation}.10.1"/><name>Vastaanotto</name></representedOrganization></assignedPerson></encounterPerformer><location><healthCareFacility><id root="{OwnSample.Organisation}.10.0"/><location><name>Esimerkkihoitola</name></location></healthCareFacility></location>
           """
        : "<effectiveTime nullFlavor=\"NA\"/>";
}
