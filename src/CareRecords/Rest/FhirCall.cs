using System.Globalization;
using CareRecords.Access;
using CareRecords.Database;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CareRecords.Rest;

/// <summary>One interaction with /fhir, whether it came as an HTTP request of its own or as an entry of a Bundle.</summary>
internal sealed record FhirCall
{
    /// <summary>Absolute address of the service without a slash at the end.</summary>
    public required string BaseUrl { get; init; }

    public required string Method { get; init; }

    /// <summary>A HEAD in a Bundle: answered as a GET whose resource is left out.</summary>
    public bool IsHead { get; init; }

    /// <summary>The request's path below the service, with a slash in front.</summary>
    public string Path { get; init; } = "";

    /// <summary>An operation, or a posted search: what a POST does not create.</summary>
    public bool IsOperation => Path.Contains("/$", StringComparison.Ordinal) || Path.EndsWith("/_search", StringComparison.Ordinal);

    /// <summary>Empty for interactions with the whole system.</summary>
    public string Type { get; init; } = "";

    public string Id { get; init; } = "";

    public string VersionId { get; init; } = "";

    /// <summary>Parameters of the address and of a posted form, in order, decoded.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    /// <summary>FHIR JSON of the request; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Media type of <see cref="Body"/>.</summary>
    public string? ContentType { get; init; }

    public string? IfMatch { get; init; }

    public string? IfNoneMatch { get; init; }

    public string? IfNoneExist { get; init; }

    public DateTimeOffset? IfModifiedSince { get; init; }

    /// <summary>How the client wants the answer; of a Bundle's entry the Bundle's.</summary>
    public Representation Wanted { get; init; } = Representation.Json;

    /// <summary>The Accept header as it came; null in a Bundle.</summary>
    public string? Accept { get; init; }

    public Preferences Prefer { get; init; } = Preferences.Default;

    internal required AccessRights Rights { get; init; }

    internal required IServiceProvider Services { get; init; }

    /// <summary>The open transaction of a Bundle that this interaction belongs to; null when it stands alone.</summary>
    internal UnitOfWork? Work { get; init; }

    public required CancellationToken Cancel { get; init; }

    /// <summary>A connection to read with: the transaction's own, or one from the pool.</summary>
    internal async ValueTask<ReadConnection> ConnectAsync() => Work is { } work
        ? new ReadConnection(await work.ConnectionAsync(Cancel), work.Transaction)
        : new ReadConnection(await Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Cancel), null);

    /// <summary>Runs a write in the Bundle's transaction, or in one of its own that is committed when the answer is no error.</summary>
    internal Task<FhirAnswer> WriteAsync(Func<UnitOfWork, Task<FhirAnswer>> write) =>
        Work is { } shared ? write(shared) : Services.GetRequiredService<WriteGate>().RunAsync(Services.GetRequiredService<UnitOfWork>(), write, Cancel);

    /// <summary>The last value of a parameter; null when it was not given.</summary>
    public string? Parameter(string name) => Query.LastOrDefault(p => p.Key == name).Value;
}

/// <summary>A connection for reading; only one that came from the pool goes back to it.</summary>
internal readonly record struct ReadConnection(NpgsqlConnection Connection, NpgsqlTransaction? Transaction) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Transaction is null ? Connection.DisposeAsync() : ValueTask.CompletedTask;
}

/// <summary>The Prefer header (https://hl7.org/fhir/R4/http.html#ops, RFC 7240); what is not understood is ignored.</summary>
/// <param name="Return">minimal, representation or OperationOutcome.</param>
/// <param name="Strict">handling=strict: an unknown parameter is an error; otherwise the outcome names it.</param>
internal sealed record Preferences(string Return, bool Strict)
{
    /// <summary>respond-async: the client takes 202 and asks again (https://hl7.org/fhir/R4/async.html).</summary>
    public bool Asynchronous { get; init; }

    public static Preferences Default { get; } = new("representation", false);

    internal static Preferences Parse(IEnumerable<string?> headers)
    {
        var prefer = Default;
        foreach (var part in headers.SelectMany(h => (h ?? "").Split([',', ';'], StringSplitOptions.TrimEntries)))
        {
            prefer = part switch
            {
                "return=minimal" => prefer with { Return = "minimal" },
                "return=representation" => prefer with { Return = "representation" },
                "return=OperationOutcome" => prefer with { Return = "OperationOutcome" },
                "handling=strict" => prefer with { Strict = true },
                "respond-async" => prefer with { Asynchronous = true },
                "handling=lenient" => prefer with { Strict = false },
                _ => prefer,
            };
        }

        return prefer;
    }
}

/// <summary>What an interaction gives back.</summary>
internal sealed record FhirAnswer(int Status)
{
    /// <summary>FHIR JSON, or the content of a Binary; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Media type of a Binary's content; null: the body is FHIR JSON.</summary>
    public string? ContentType { get; init; }

    /// <summary>Methods that would have been taken (405), as the Allow header states them.</summary>
    public string? Allow { get; init; }

    /// <summary>The version for ETag; 0: none.</summary>
    public int Version { get; init; }

    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Absolute address of the version that was written.</summary>
    public string? Location { get; init; }

    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The body of a success is an OperationOutcome about it (Prefer: return=OperationOutcome).</summary>
    public bool IsOutcome { get; init; }

    /// <summary>What the answer shows or denies, to be logged before it is sent; a write has logged itself in its transaction.</summary>
    public IReadOnlyList<AccessEntry> Accesses { get; init; } = [];

    internal string? ETag => Version == 0 ? null : $"W/\"{Version.ToString(CultureInfo.InvariantCulture)}\"";
}
