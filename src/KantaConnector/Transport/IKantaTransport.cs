namespace KantaConnector.Transport;

/// <summary>What became of one message on its way; nothing here says whether a document was archived.</summary>
internal abstract record TransportAnswer
{
    /// <param name="RetryAfter">The server's wish, if it gave one.</param>
    internal sealed record Answered(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter) : TransportAnswer;

    /// <summary>No byte of the message left: no connection, no TLS, no certificate.</summary>
    internal sealed record NotSent(string Reason) : TransportAnswer;

    /// <summary>The message may have arrived, its answer did not: time out, cut connection, answer too long.</summary>
    internal sealed record Lost(string Reason) : TransportAnswer;
}

/// <summary>The way to the archive; SOAP over mutual TLS today, behind an interface since its details are not public.</summary>
internal interface IKantaTransport
{
    /// <summary>Sends a SOAP envelope and waits for the whole answer, within the configured total time.</summary>
    /// <param name="controllerOid">Whose certificate opens the way; null for the installation's own.</param>
    Task<TransportAnswer> Send(ReadOnlyMemory<byte> message, string? controllerOid, CancellationToken cancellation);

    /// <summary>A request of the appointment interface, on connections of its own, within the same total time.</summary>
    /// <param name="path">Relative to the interface's base address, escaped; empty: the base itself.</param>
    /// <param name="body">FHIR JSON to post; null: a GET.</param>
    /// <param name="controllerOid">As for a message.</param>
    Task<TransportAnswer> Exchange(string path, ReadOnlyMemory<byte>? body, string requestId, string? controllerOid, CancellationToken cancellation);
}
