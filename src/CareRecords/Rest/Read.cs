using System.Globalization;
using CareRecords.Access;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>read and vread, conditional read included (https://hl7.org/fhir/R4/http.html#read, #vread, #cread).</summary>
internal static class Read
{
    internal static async Task<FhirAnswer> HandleAsync(FhirCall call)
    {
        var served = call.Services.GetRequiredService<ServedTypes>().Find(call.Type);
        if (served is { Owner: Owner.View, IsDefinition: true })
        {
            return Answer(call, DefinitionRead.Find(call)) with { Accesses = [] };
        }

        if (served?.Owner == Owner.View)
        {
            return await (call.Type == "AuditEvent" ? AuditEventView.ReadAsync(call) : Views.ReadAsync(call));
        }

        if (call.Work is null)
        {
            return Answer(call, await call.Services.GetRequiredService<ResourceReads>().CurrentAsync(call.Type, call.Id, call.Cancel));
        }

        await using var open = await call.ConnectAsync();
        var found = await call.Services.GetRequiredService<ResourceRows>().CurrentAsync(open.Connection, open.Transaction, call.Type, call.Id, false, call.Cancel);
        return Answer(call, found);
    }

    internal static async Task<FhirAnswer> VersionAsync(FhirCall call)
    {
        if (!int.TryParse(call.VersionId, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return Answer(call, null);
        }

        if (call.Services.GetRequiredService<ServedTypes>().Find(call.Type) is { Owner: Owner.View, IsDefinition: true })
        {
            return Answer(call, DefinitionRead.Find(call) is { } definition && definition.Version == version ? definition : null) with { Accesses = [] };
        }

        await using var open = await call.ConnectAsync();
        var rows = call.Services.GetRequiredService<ResourceRows>();
        // Whether a former version is shown is decided by what the record is now: a record taken back is taken back with its past.
        var current = await rows.CurrentAsync(open.Connection, open.Transaction, call.Type, call.Id, false, call.Cancel);
        var found = current is not null && call.Rights.Sees(current)
            ? current.Version == version ? current : await rows.VersionAsync(open.Connection, open.Transaction, call.Type, call.Id, version, call.Cancel)
            : null;
        return Answer(call, found);
    }

    private static FhirAnswer Answer(FhirCall call, StoredResource? found)
    {
        // The open policy of a conformance run stores these types too; what the store does not hold comes with the program.
        if (found is null && call.VersionId.Length == 0 && call.Services.GetRequiredService<ServedTypes>().Generic)
        {
            found = DefinitionRead.Find(call);
        }

        if (found is null || !call.Rights.Sees(found) || (found.Json is null && !found.IsDeleted))
        {
            return Outcome.NotFound() with { Accesses = [Entry(call, null)] };
        }

        if (found.IsDeleted)
        {
            return Outcome.Error(410, "deleted", "The resource was deleted.") with { Version = found.Version, Accesses = [Entry(call, found)] };
        }

        var answer = new FhirAnswer(200)
        {
            Version = found.Version,
            LastModified = found.LastUpdated,
            Body = found.Json,
            Accesses = [Entry(call, found)],
        };
        return IsNotModified(found, call.IfNoneMatch, call.IfModifiedSince) ? answer with { Status = 304, Body = default } : BinaryContent.Shown(call, Subset.Of(call, answer));
    }

    /// <summary>Whether a conditional read finds what the client has.</summary>
    internal static bool IsNotModified(StoredResource found, string? ifNoneMatch, DateTimeOffset? ifModifiedSince)
    {
        if (ifNoneMatch is { } tags)
        {
            return tags.Trim() == "*" || ETags.Versions(tags).Contains(found.Version);
        }

        // The header has whole seconds.
        return ifModifiedSince is { } since && found.LastUpdated < since.AddSeconds(1);
    }

    private static AccessEntry Entry(FhirCall call, StoredResource? found) => new()
    {
        Interaction = "read",
        ResourceType = call.Type,
        ResourceId = call.Id,
        ResourceVersion = found?.Version,
        PatientIds = found?.PatientId is { } patient ? [patient] : [],
        ControllerId = found?.ControllerId,
        Purpose = Purposes.Of(call.Rights),
        Outcome = (short)(found is null ? 4 : 0),
    };
}
