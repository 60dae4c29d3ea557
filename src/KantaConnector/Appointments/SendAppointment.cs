using System.Text.Json;
using System.Text.Json.Nodes;
using CareRecords.Practice;
using KantaConnector.Queue;
using KantaConnector.Transport;
using Microsoft.Extensions.Options;

namespace KantaConnector.Appointments;

/// <summary>
/// The second of the queue's three steps for an appointment: post the stored Bundle and judge the answer. An open outcome and a conflict of versions are settled by
/// asking the archive what it holds under the appointment's identifier.
/// </summary>
internal sealed class SendAppointment(
    IKantaTransport transport, PracticeDirectory practices, IOptions<KantaOptions> options, TimeProvider clock, CrashPoints crash)
{
    private abstract record Question
    {
        internal sealed record Holds(HeldVersion Version, JsonObject Resource) : Question;

        internal sealed record HoldsNothing : Question;

        internal sealed record NoAnswer(Outcome Outcome) : Question;
    }

    public async Task<Outcome> Handle(Claim claim, CancellationToken cancel)
    {
        if (clock.GetElapsedTime(claim.ClaimedAt) > options.Value.Lease - options.Value.TotalTimeout)
        {
            return new Outcome.Released();
        }
        // Up to three requests, and one time for all of them: the lease was measured for it.
        using var whole = new CancellationTokenSource(options.Value.TotalTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(whole.Token, cancel);
        try
        {
            return await Send(claim, either.Token);
        }
        catch (OperationCanceledException) when (whole.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return new Outcome.Unknown($"no whole answer within {options.Value.TotalTimeout.TotalSeconds:0} s");
        }
    }

    private async Task<Outcome> Send(Claim claim, CancellationToken cancel)
    {
        await crash.At("send: before the first byte");
        if (claim.FateIsOpen && await Settled(claim, cancel) is { } settled)
        {
            return settled;
        }
        var answer = await transport.Exchange("", claim.Cda, claim.MessageId, await Controller(claim, cancel), cancel);
        await crash.At("send: answered");
        switch (answer)
        {
            case TransportAnswer.NotSent notSent:
                return new Outcome.NotSent(notSent.Reason);
            case TransportAnswer.Lost lost:
                return new Outcome.Unknown(lost.Reason);
        }
        var answered = (TransportAnswer.Answered)answer;
        switch (AppointmentAnswer.Read(answered.Status, answered.Body))
        {
            case AppointmentAnswer.Taken { Held.Id: { } id } when AppointmentBundle.TargetOf(claim.Cda) is { } target && target != id:
                return new Outcome.Unknown("the answer names another appointment");
            case AppointmentAnswer.Taken taken:
                return new Outcome.Accepted(taken.Held);
            case AppointmentAnswer.Conflict { Status: 404 or 410 } when AppointmentBundle.Invalidates(claim.Cda):
                return new Outcome.Accepted();
            case AppointmentAnswer.Conflict { Status: 410 } gone:
                return new Outcome.Refused(gone.Details);
            case AppointmentAnswer.Conflict conflict:
                return await Resolve(claim, conflict, cancel);
            case AppointmentAnswer.Refused { Status: 401 or 403 or 413 or 415 } rejected:
                return new Outcome.Rejected(rejected.Details);
            case AppointmentAnswer.Refused refused:
                return new Outcome.Refused(refused.Details);
            case AppointmentAnswer.Unclear unclear:
                return new Outcome.Unknown(unclear.Reason, answered.RetryAfter);
            default:
                throw new InvalidOperationException("An answer of no kind.");
        }
    }

    /// <summary>Null: it has to be sent. An invalidation is simply repeated, since that answers what became of it.</summary>
    private async Task<Outcome?> Settled(Claim claim, CancellationToken cancel)
    {
        if (AppointmentBundle.Invalidates(claim.Cda))
        {
            return null;
        }
        return await Ask(claim, cancel) switch
        {
            Question.NoAnswer none => none.Outcome,
            Question.Holds holds when AppointmentBundle.SaysTheSame(claim.Cda, holds.Resource) => new Outcome.Accepted(holds.Version),
            _ => null,
        };
    }

    private async Task<Outcome> Resolve(Claim claim, AppointmentAnswer.Conflict conflict, CancellationToken cancel) => await Ask(claim, cancel) switch
    {
        Question.NoAnswer none => none.Outcome,
        Question.Holds holds when !AppointmentBundle.Invalidates(claim.Cda) && AppointmentBundle.SaysTheSame(claim.Cda, holds.Resource) => new Outcome.Accepted(holds.Version),
        Question.Holds holds => new Outcome.Outdated(holds.Version),
        // The identifier is taken, and yet nothing is found under it: a person must see to that.
        _ when conflict.Status == 409 => new Outcome.Refused(conflict.Details),
        _ => new Outcome.Outdated(null),
    };

    private async Task<Question> Ask(Claim claim, CancellationToken cancel)
    {
        var identifier = AppointmentBundle.Identifier(claim.Oid);
        var answer = await transport.Exchange($"Appointment?identifier={Uri.EscapeDataString(identifier)}", null, claim.MessageId + ".1", await Controller(claim, cancel), cancel);
        await crash.At("send: asked");
        switch (answer)
        {
            case TransportAnswer.NotSent notSent:
                return new Question.NoAnswer(new Outcome.NotSent(notSent.Reason));
            case TransportAnswer.Lost lost:
                return new Question.NoAnswer(new Outcome.Unknown(lost.Reason));
        }
        var answered = (TransportAnswer.Answered)answer;
        return answered.Status == 200 && Found(answered.Body, identifier) is { } found ? found
            : new Question.NoAnswer(new Outcome.Unknown($"HTTP {answered.Status}: asked, and no readable answer", answered.RetryAfter));
    }

    private async ValueTask<string> Controller(Claim claim, CancellationToken cancel) => (await practices.GetAsync(cancel)).Controller(claim.ControllerId).ControllerOid;

    private static Question? Found(ReadOnlyMemory<byte> body, string identifier)
    {
        try
        {
            if (JsonNode.Parse(body.Span, null, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false }) is not JsonObject bundle
                || Text(bundle["resourceType"]) != "Bundle" || Text(bundle["type"]) != "searchset")
            {
                return null;
            }
            var held = (bundle["entry"] as JsonArray ?? []).Select(entry => (entry as JsonObject)?["resource"] as JsonObject)
                .Where(resource => Text(resource?["resourceType"]) == "Appointment" && (resource!["identifier"] as JsonArray ?? [])
                    .Any(one => one is JsonObject of && $"{Text(of["system"])}|{Text(of["value"])}" == identifier)).ToArray();
            return held switch
            {
                [] when bundle["entry"] is null or JsonArray { Count: 0 } => new Question.HoldsNothing(),
                [{ } one] when Text(one["id"]) is { Length: > 0 } id && Text((one["meta"] as JsonObject)?["versionId"]) is { Length: > 0 } version =>
                    new Question.Holds(new HeldVersion(id, $"W/\"{version}\""), one),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
