using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Store;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>What create, update, patch and delete share: the way to the type's owner, the log, the answer.</summary>
internal static class Writing
{
    /// <summary>Why this caller may not do this with the type; null when she may.</summary>
    internal static FhirAnswer? Refusal(FhirCall call, Deeds deed)
    {
        if (!call.Rights.May(call.Type, deed))
        {
            return Outcome.Error(403, "forbidden", "The token gives no right to do this with this type.") with { Accesses = [Denied(call, deed)] };
        }

        return IsWritable(call.Services, call.Type)
            ? null
            : Outcome.Error(405, "not-supported", $"{call.Type} is read-only here. {How(call.Type)}") with { Allow = "GET, HEAD" };
    }

    /// <summary>Where a type that is read-only here is written instead.</summary>
    internal static string How(string type) => type switch
    {
        "Composition" => "Sign a note on the page of its visit; it is corrected and invalidated there too.",
        "Encounter" => "Open and end the visit from the calendar of the day.",
        "Task" => "It shows where a document stands on its way to the archive; what needs attention is handled on that page.",
        "Slot" or "Schedule" => "It is computed from working hours and bookings: book with POST Appointment.",
        "AuditEvent" => "It shows the access log.",
        _ when Definitions.Serves(type) => "It comes with the program.",
        _ => "It is written by the part of the system that owns it.",
    };

    /// <summary>Whether writes of this type have a way to its owner.</summary>
    internal static bool IsWritable(IServiceProvider services, string type) => services.GetRequiredService<ServedTypes>().Find(type)?.Owner switch
    {
        Owner.Store => true,
        Owner.Projected => Port(services, type) is not null,
        _ => false,
    };

    /// <summary>Whether a writable type's owner deletes.</summary>
    internal static bool IsDeletable(IServiceProvider services, string type) => Port(services, type) is not { Deletes: false };

    /// <summary>Another type than the address says is a fault of the request, not of the resource.</summary>
    internal static FhirAnswer? OtherType(FhirCall call, ResourceHead head) => head.Type is null || head.Type == call.Type ? null
        : Outcome.Error(400, "invalid", $"The body is no {call.Type}, which the address says.");

    internal static Task<WriteResult> WriteAsync(FhirCall call, UnitOfWork work, ResourceWrite write)
    {
        // A token bound to one controller writes that controller's records, whatever the body says.
        write = write with { ControllerId = write.ControllerId ?? call.Rights.ControllerId };
        return Port(call.Services, write.Type) is { } owner
            ? owner.WriteAsync(write, work, call.Cancel)
            : call.Services.GetRequiredService<ResourceStore>().WriteAsync(work, write, call.Cancel);
    }

    internal static Task<WriteResult> DeleteAsync(FhirCall call, UnitOfWork work, string id, int? expectedVersion) =>
        Port(call.Services, call.Type) is { } owner
            ? owner.DeleteAsync(id, expectedVersion, work, call.Cancel)
            : call.Services.GetRequiredService<ResourceStore>().DeleteAsync(work, call.Type, id, expectedVersion, call.Cancel);

    /// <summary>The answer to a write, logged in its transaction when it succeeded.</summary>
    internal static async Task<FhirAnswer> AnswerAsync(FhirCall call, UnitOfWork work, string id, WriteResult result, Deeds deed)
    {
        if (!result.Succeeded)
        {
            return Failed(result);
        }

        if (!result.IsLogged)
        {
            await call.Services.GetRequiredService<AccessLog>().RecordAsync(work, Entry(call, id, result, deed), call.Cancel);
        }

        var location = $"{call.BaseUrl}/{call.Type}/{id}/_history/{result.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
        var answer = new FhirAnswer(result.Outcome == WriteOutcome.Created ? 201 : 200)
        {
            Version = result.Version,
            LastModified = result.LastUpdated,
            Location = location,
        };
        return call.Prefer.Return switch
        {
            "minimal" => answer,
            "OperationOutcome" => answer with { Body = Outcome.Fine("Stored.", result.Issues), IsOutcome = true },
            _ => answer with { Body = result.Json },
        };
    }

    internal static FhirAnswer Failed(WriteResult result) => result.Outcome switch
    {
        WriteOutcome.Invalid => Outcome.Of(result.Issues.Any(i => i.Rule.StartsWith("json", StringComparison.Ordinal)) ? 400 : 422, result.Issues),
        WriteOutcome.VersionConflict => Outcome.Error(412, "conflict", "The resource has changed since the version that you name.") with { Version = result.Version },
        WriteOutcome.NotThere => Outcome.NotFound(),
        WriteOutcome.Taken => Outcome.Of(409, result.Issues),
        _ => Outcome.Of(422, result.Issues),
    };

    internal static AccessEntry Entry(FhirCall call, string id, WriteResult result, Deeds deed) => new()
    {
        Interaction = deed switch { Deeds.Create => "create", Deeds.Delete => "delete", _ => "update" },
        ResourceType = call.Type,
        ResourceId = id,
        ResourceVersion = result.Version,
        PatientIds = result.PatientId is { } patient ? [patient] : [],
        ControllerId = result.ControllerId,
        Purpose = Purposes.Of(call.Rights),
    };

    internal static AccessEntry Denied(FhirCall call, Deeds deed) => new()
    {
        Interaction = deed switch { Deeds.Create => "create", Deeds.Delete => "delete", Deeds.Search => "search", Deeds.Read => "read", _ => "update" },
        ResourceType = call.Type,
        ResourceId = call.Id.Length > 0 ? call.Id : null,
        Purpose = Purposes.Of(call.Rights),
        Outcome = 4,
    };

    private static IProjectedType? Port(IServiceProvider services, string type)
    {
        var types = services.GetRequiredService<ServedTypes>();
        return types.Find(type)?.Owner == Owner.Projected ? services.GetServices<IProjectedType>().FirstOrDefault(p => p.Type == type) : null;
    }
}
