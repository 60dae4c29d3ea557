using CareRecords.Database;
using CareRecords.Practice;
using KantaConnector.Messages;
using KantaConnector.Transport;
using Microsoft.Extensions.Options;
using Npgsql;

namespace KantaConnector.Retrieval;

/// <summary>
/// Asks the archive what it holds (query) and for the bytes themselves (fetch). Kanta's own interactions for this are not public: they come from
/// settings (<see cref="KantaOptions.Query"/>, <see cref="KantaOptions.Fetch"/>), and without them nothing is asked. Callers write the access log.
/// </summary>
internal sealed class AskArchive(
    IKantaTransport transport, PracticeDirectory practices, MessageHeaders headers, NpgsqlDataSource database, IOptions<KantaOptions> options)
{
    /// <summary>What the archive holds of it, without bytes; replaced and invalidated versions too.</summary>
    public Task<ArchiveReply> QueryAsync(ArchiveCriteria criteria, Guid controllerId, CancellationToken cancel) =>
        Ask(environment => options.Value.QueryIn(environment), criteria, controllerId, cancel);

    /// <summary>The document with its bytes. Ask first whether it is there: a fetch of what is not there is refused.</summary>
    public Task<ArchiveReply> FetchAsync(string documentOid, Guid controllerId, CancellationToken cancel) =>
        Ask(environment => options.Value.FetchIn(environment), new ArchiveCriteria { DocumentOid = documentOid }, controllerId, cancel);

    private async Task<ArchiveReply> Ask(Func<KantaEnvironment, MessageKind> kind, ArchiveCriteria criteria, Guid controllerId, CancellationToken cancel)
    {
        var practice = await practices.GetAsync(cancel);
        var interaction = kind(practice.Environment);
        if (interaction.Interaction.Length == 0)
        {
            return new ArchiveReply.NoAnswer("no interaction for asking the archive is configured (Kanta:Query, Kanta:Fetch)");
        }
        var header = headers.For(interaction, await NextMessageId(practice, controllerId, cancel), practice, controllerId);
        var answer = await transport.Send(QueryMessage.Write(header, criteria), practice.Controller(controllerId).ControllerOid, cancel);
        return answer switch
        {
            TransportAnswer.Answered { Status: 200 } answered => QueryAnswer.Read(answered.Body, header.MessageId),
            TransportAnswer.Answered answered => new ArchiveReply.NoAnswer($"HTTP {answered.Status}"),
            TransportAnswer.Lost lost => new ArchiveReply.NoAnswer(lost.Reason),
            TransportAnswer.NotSent notSent => new ArchiveReply.NoAnswer(notSent.Reason),
            _ => throw new InvalidOperationException($"Unknown answer {answer.GetType().Name}."),
        };
    }

    private async Task<string> NextMessageId(PracticeFacts practice, Guid controllerId, CancellationToken cancel)
    {
        await using var work = new UnitOfWork(database);
        return headers.MessageId(practice, controllerId, (await MessageHeaders.Numbers(work, 1, cancel))[0]);
    }
}
