using CareRecords.Practice;
using KantaConnector.Messages;
using KantaConnector.Transport;
using Microsoft.Extensions.Options;

namespace KantaConnector.Queue;

/// <summary>The second of the queue's three steps, outside any transaction: wrap the stored bytes, send them, judge the answer.</summary>
internal sealed class SendDocument(
    IKantaTransport transport, MessageHeaders headers, PracticeDirectory practices, IOptions<KantaOptions> options, TimeProvider clock, CrashPoints crash,
    Foreground foreground)
{
    public async Task<Outcome> Handle(Claim claim, CancellationToken cancel)
    {
        var mustEndWithin = options.Value.Lease - options.Value.TotalTimeout;
        if (clock.GetElapsedTime(claim.ClaimedAt) > mustEndWithin)
        {
            return new Outcome.Released();
        }
        await foreground.Step(cancel);
        var practice = await practices.GetAsync(cancel);
        var message = Message(claim, practice);
        await crash.At("send: before the first byte");
        var answer = await transport.Send(message, practice.Controller(claim.ControllerId).ControllerOid, cancel);
        await crash.At("send: answered");
        return Outcome.Of(answer, claim.MessageId, options.Value.AlreadyArchived(practice.Environment));
    }

    private byte[] Message(Claim claim, PracticeFacts practice)
    {
        var settings = options.Value;
        var kind = claim.Kind == SubmissionKind.Invalidation ? settings.InvalidationIn(practice.Environment) : claim.Version == 1 ? settings.NewDocument : settings.Replacement;
        var header = headers.For(kind, claim.MessageId, practice, claim.ControllerId);
        return claim.Kind == SubmissionKind.Invalidation
            ? MedicalRecordsMessage.WriteInvalidation(header, claim.WrapperBefore.Span)
            : MedicalRecordsMessage.Write(header, claim.Oid, (claim.WrapperBefore, claim.WrapperAfter), claim.Cda);
    }
}
