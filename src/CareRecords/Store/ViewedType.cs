using CareRecords.Database;

namespace CareRecords.Store;

/// <summary>
/// A type that is computed from other rows at each request (<see cref="Owner.View"/>): Task over the queue to the archive, Slot over free times. Read-only. What it gives is filtered, searched and
/// logged by /fhir; registered scoped.
/// </summary>
public interface IViewedType
{
    /// <summary>The FHIR type that it shows.</summary>
    string Type { get; }

    /// <summary>One resource; null when there is none.</summary>
    Task<ViewedResource?> FindAsync(string id, UnitOfWork work, CancellationToken cancel);

    /// <summary>
    /// Resources among which the answer lies, in an order that does not change, at most <see cref="ViewQuestion.Limit"/>; fewer mean that there are no more. They are matched against the whole search
    /// afterwards, so that a view narrows by what it can.
    /// </summary>
    /// <exception cref="ViewException">The question is too wide to be computed.</exception>
    Task<IReadOnlyList<ViewedResource>> ListAsync(ViewQuestion question, UnitOfWork work, CancellationToken cancel);
}

/// <summary>A computed resource.</summary>
/// <param name="Json">FHIR JSON with id and meta.lastUpdated.</param>
/// <param name="PatientId">Whose record it is; null: nobody's.</param>
public sealed record ViewedResource(string Id, DateTimeOffset LastUpdated, ReadOnlyMemory<byte> Json, string? PatientId, Guid? ControllerId);

/// <summary>What a search asks of a view, as far as it narrows.</summary>
public sealed record ViewQuestion
{
    /// <summary>Only these ids.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Only records that refer to one of these: "Patient/1".</summary>
    public IReadOnlyList<string>? References { get; init; }

    /// <summary>Only what lies at or after this instant, by the view's own date.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only what lies before this instant.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Id of the resource after which to go on.</summary>
    public string? After { get; init; }

    public required int Limit { get; init; }
}

/// <summary>The question is too wide to be computed; the message says how to narrow it.</summary>
public sealed class ViewException(string message) : Exception(message);
