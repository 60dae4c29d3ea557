using CareRecords.Practice;
using KantaConnector.Documents;
using KantaConnector.Messages;
using KantaConnector.Transport;
using Microsoft.Extensions.Options;

namespace KantaConnector.Queue;

/// <summary>The second of the queue's three steps, outside any transaction: wrap the stored bytes, send them, judge the answer.</summary>
internal sealed class SendDocument(IKantaTransport transport, PracticeDirectory practices, IOptions<KantaOptions> options, TimeProvider clock, CrashPoints crash)
{
    public async Task<Outcome> Handle(Claim claim, CancellationToken cancel)
    {
        var mustEndWithin = options.Value.Lease - options.Value.TotalTimeout;
        if (clock.GetElapsedTime(claim.ClaimedAt) > mustEndWithin)
        {
            return new Outcome.Released();
        }
        var practice = await practices.GetAsync(cancel);
        var message = Message(claim, practice);
        await crash.At("send: before the first byte");
        var answer = await transport.Send(message, cancel);
        await crash.At("send: answered");
        return Outcome.Of(answer, claim.MessageId, options.Value.AlreadyArchived(practice.Environment));
    }

    private byte[] Message(Claim claim, PracticeFacts practice)
    {
        var settings = options.Value;
        var kind = claim.Kind == SubmissionKind.Invalidation ? settings.InvalidationIn(practice.Environment) : claim.Version == 1 ? settings.NewDocument : settings.Replacement;
        var header = new MessageHeader
        {
            MessageId = claim.MessageId,
            CreatedAt = clock.GetUtcNow(),
            Interaction = kind.Interaction,
            Trigger = kind.Trigger,
            ServiceRequest = new Coded(kind.ServiceRequest, "1.2.246.537.5.40157.2008", "eArkisto - Arkistosanomien palvelupyynnöt 2008"),
            ProcessingCode = practice.Environment == KantaEnvironment.Production ? "P" : "D",
            Profiles = settings.Profiles,
            ReceiverOid = settings.ReceiverOid,
            SenderOid = settings.SenderOid,
            ProviderOid = practice.OrganizationOid,
            TimeZone = practice.Zone.Id,
        };
        return claim.Kind == SubmissionKind.Invalidation
            ? MedicalRecordsMessage.WriteInvalidation(header, claim.WrapperBefore.Span)
            : MedicalRecordsMessage.Write(header, claim.Oid, (claim.WrapperBefore, claim.WrapperAfter), claim.Cda);
    }
}
