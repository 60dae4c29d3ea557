using System.Globalization;
using CareRecords.Practice;
using KantaConnector.Documents;
using Microsoft.Extensions.Options;

namespace KantaConnector.Messages;

/// <summary>What every transmission to the archive says about itself: who sends, to whom, under which id.</summary>
internal sealed class MessageHeaders(IOptions<KantaOptions> options, TimeProvider clock)
{
    private const string ServiceRequests = "1.2.246.537.5.40157.2008";

    /// <summary>Message ids lie under the sender and hold the installation epoch, so that a restored database never reuses one.</summary>
    public string MessageId(PracticeFacts practice, Guid controllerId, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{options.Value.SenderOid}.{practice.Epoch}.{number}");

    public MessageHeader For(MessageKind kind, string messageId, PracticeFacts practice, Guid controllerId) => new()
    {
        MessageId = messageId,
        CreatedAt = clock.GetUtcNow(),
        Interaction = kind.Interaction,
        Trigger = kind.Trigger,
        ServiceRequest = kind.ServiceRequest.Length == 0 ? null
            : new Coded(kind.ServiceRequest, ServiceRequests, "eArkisto - Arkistosanomien palvelupyynnöt 2008",
                kind.ServiceRequest == "PP1" ? "Arkistoi palvelujen antajan omia asiakirjoja" : null),
        ProcessingCode = practice.Environment == KantaEnvironment.Production ? "P" : "D",
        Profiles = options.Value.Profiles,
        ReceiverOid = options.Value.ReceiverOid,
        SenderOid = options.Value.SenderOid,
        ProviderOid = practice.OrganizationOid,
        TimeZone = practice.Zone.Id,
    };
}
