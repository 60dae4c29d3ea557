using System.Globalization;
using CareRecords.Database;
using CareRecords.Practice;
using KantaConnector.Documents;
using Microsoft.Extensions.Options;

namespace KantaConnector.Messages;

/// <summary>What every transmission to the archive says about itself: who sends, to whom, under which id.</summary>
internal sealed class MessageHeaders(IOptions<KantaOptions> options, TimeProvider clock)
{
    private const string ServiceRequests = "1.2.246.537.5.40157.2008";

    /// <summary>
    /// Numbers of new messages, in order. They hold the installation epoch, so that a restored database never reuses one; it is the database's newest, not
    /// a remembered one, since another node may have raised it.
    /// </summary>
    public static async Task<IReadOnlyList<MessageNumber>> Numbers(UnitOfWork work, int count, CancellationToken cancel) => await work.QueryAsync(
        "select (select max(epoch) from care.installation_epoch), nextval('kanta.message_number') from generate_series(1, $1)",
        reader => new MessageNumber(reader.GetInt32(0), reader.GetInt64(1)), cancel, count);

    /// <summary>Message ids lie under the sender.</summary>
    public string MessageId(PracticeFacts practice, Guid controllerId, MessageNumber number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Sender(practice, controllerId)}.{number.Epoch}.{number.Number}");

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
        SenderOid = Sender(practice, controllerId),
        ProviderOid = Party(practice, controllerId)?.ProviderOid is { Length: > 0 } provider ? provider : practice.Controller(controllerId).ProducerOid,
        TimeZone = practice.Zone.Id,
    };

    private string Sender(PracticeFacts practice, Guid controllerId) =>
        Party(practice, controllerId)?.SenderOid is { Length: > 0 } own ? own : options.Value.SenderOid;

    private ControllerParty? Party(PracticeFacts practice, Guid controllerId) => options.Value.Party(practice.Controller(controllerId).ControllerOid);
}

/// <summary>The part of a message id that no other message of this installation has.</summary>
internal readonly record struct MessageNumber(int Epoch, long Number);
