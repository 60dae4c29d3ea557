using KantaConnector.Appointments;
using KantaConnector.Messages;
using KantaConnector.Transport;

namespace KantaConnector.Queue;

/// <summary>What one attempt came to.</summary>
internal abstract record Outcome
{
    /// <summary>The archive holds the document, by this attempt or by one before.</summary>
    /// <param name="Held">Of an appointment: the id and version under which the archive has it now.</param>
    internal sealed record Accepted(HeldVersion? Held = null) : Outcome;

    /// <summary>The document was judged and refused; sending it again would change nothing.</summary>
    internal sealed record Refused(IReadOnlyList<AcknowledgementDetail> Details) : Outcome;

    /// <summary>The transmission was refused. Settings are the likely cause, so it is no verdict on the document until others pass.</summary>
    internal sealed record Rejected(IReadOnlyList<AcknowledgementDetail> Details) : Outcome;

    /// <summary>Archived or not, nobody here can tell: the same document is sent again under a new message id.</summary>
    internal sealed record Unknown(string Reason, TimeSpan? RetryAfter = null) : Outcome;

    /// <summary>No byte left: the fault lies with the way, not with the document.</summary>
    internal sealed record NotSent(string Reason) : Outcome;

    /// <summary>Of an appointment: the archive holds another version than ours followed (null: none). It is signed anew to follow that one.</summary>
    internal sealed record Outdated(HeldVersion? Held) : Outcome;

    /// <summary>Claimed, but not tried: the lease ran short or the program is stopping.</summary>
    internal sealed record Released : Outcome;

    /// <param name="alreadyArchivedCodes">Codes that say: this very document is archived already. They decide only when no other error stands beside them.</param>
    public static Outcome Of(TransportAnswer answer, string messageId, ICollection<string> alreadyArchivedCodes) => answer switch
    {
        TransportAnswer.NotSent notSent => new NotSent(notSent.Reason),
        TransportAnswer.Lost lost => new Unknown(lost.Reason),
        TransportAnswer.Answered answered => Of(answered, Acknowledgement.Read(answered.Body, messageId), alreadyArchivedCodes),
        _ => throw new InvalidOperationException($"Unknown answer {answer.GetType().Name}."),
    };

    private static Outcome Of(TransportAnswer.Answered answered, Acknowledgement acknowledgement, ICollection<string> alreadyArchivedCodes)
    {
        // SOAP 1.1 over HTTP answers with 200 or, for a fault, 500; whatever comes under another status decides nothing.
        switch (acknowledgement)
        {
            case not Acknowledgement.Unknown when answered.Status != 200:
                return new Unknown($"HTTP {answered.Status} with an acknowledgement", answered.RetryAfter);
            case Acknowledgement.Accepted accepted:
                return accepted.Details.Any(detail => detail.IsError) ? new Unknown("accepted, with an error beside it") : new Accepted();
            case Acknowledgement.Refused refused:
                var errors = refused.Details.Where(detail => detail.IsError).ToArray();
                if (errors.Length == 0 && refused.Type is ("AE" or "CE"))
                {
                    // Nobody could mend that, and it may be archived: it is sent again until the answer says something.
                    return new Unknown("refused without a reason");
                }
                return errors.Length > 0 && errors.All(error => error.Code is { } code && alreadyArchivedCodes.Contains(code)) ? new Accepted()
                    : refused.Type is "AR" or "CR" ? new Rejected(refused.Details)
                    : new Refused(refused.Details);
            default:
                var reason = ((Acknowledgement.Unknown)acknowledgement).Reason;
                return new Unknown(answered.Status == 200 ? reason : $"HTTP {answered.Status}: {reason}", answered.RetryAfter);
        }
    }
}
