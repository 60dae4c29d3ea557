using KantaSimulator.Tests.Samples;

namespace KantaSimulator.Tests.Messages;

/// <summary>Messages of the simulator's own interactions (docs/simulator-wire.md section 7).</summary>
internal static class OwnQuery
{
    public static string Query(string interaction, string parameters) => Transmission(interaction, $"""
        <controlActProcess moodCode="RQO"><code code="{interaction.Replace("_IN_", "_TE_", StringComparison.Ordinal)}"/>
        <queryByParameter><queryId root="{OwnSample.NewOid(77)}"/><statusCode code="new"/><parameterList>{parameters}</parameterList></queryByParameter></controlActProcess>
        """);

    public static string Invalidate(string? document = null, string? serviceEvent = null) => Transmission("SIM_IN_INVALIDATE", $"""
        <controlActProcess moodCode="RQO"><code code="SIM_TE_INVALIDATE"/><reasonCode code="1"/>
        <authorOrPerformer typeCode="PRF"><assignedPerson><representedOrganization><id root="{OwnSample.Organisation}.10.0"/></representedOrganization></assignedPerson></authorOrPerformer>
        <subject typeCode="SUBJ"><clinicalDocument>{(document is null ? $"<componentOf><encounterEvent><id root=\"{serviceEvent}\"/></encounterEvent></componentOf>" : $"<id root=\"{document}\"/>")}</clinicalDocument></subject></controlActProcess>
        """);

    private static string Transmission(string interaction, string act) => $"""
        <{interaction} ITSVersion="XML_1.0" xmlns="urn:hl7-org:v3"><id root="{OwnSample.NewOid(78)}"/><creationTime value="{OwnSample.NewServiceEvent().Stamp}"/>
        <versionCode code="V3-2006"/><interactionId extension="{interaction}" root="2.16.840.1.113883.1.6"/><profileId root="1.2.246.777.11.2008.10"/>
        <processingCode code="D"/><processingModeCode code="T"/><acceptAckCode code="ER"/>
        <receiver typeCode="RCV"><device><id root="1.2.246.556.18007.2"/></device></receiver><sender typeCode="SND"><device><id root="{OwnSample.Organisation}.10.0.13.2.1"/></device></sender>
        {act}</{interaction}>
        """;
}
