using System.Text.Json;
using System.Text.Json.Nodes;
using Booking.Customers;
using CareRecords.Database;
using CareRecords.Store;
using Fhir.Json;
using Fhir.Model;
using Fhir.Validation;
using Microsoft.EntityFrameworkCore;

namespace Booking.Fhir;

/// <summary>
/// Patient under /fhir: name, language and contacts are the customer card's and are written through it. Identity code, sex and birth date belong to the patient record, where they are
/// recorded at a visit after checking who it is; a body may repeat them but not change them.
/// </summary>
internal sealed class PatientOwner(UnitOfWork scoped, ChangeCard cards, CustomerCards reader, ResourceStore store) : IProjectedType
{
    private static readonly string[] _recordedElsewhere = ["gender", "birthDate", "deceasedBoolean", "deceasedDateTime", "identifier"];
    private static readonly string[] _kept = ["resourceType", "id", "meta", "text", "name", "telecom", "address", "communication", .. _recordedElsewhere];

    public string Type => "Patient";

    public bool Deletes => false;

    public async Task<WriteResult> WriteAsync(ResourceWrite write, UnitOfWork work, CancellationToken cancel)
    {
        if (!ReferenceEquals(scoped, work))
        {
            throw new InvalidOperationException("An owner is called with the unit of work of its own scope.");
        }

        var read = FhirJson.Read(write.Json.Span);
        if (read.Root is not { TypeName: "Patient" } wanted || read.Issues.Count > 0 || FhirValidator.Default.Validate(read.Root).Any(i => i.Severity == IssueSeverity.Error))
        {
            return new WriteResult(WriteOutcome.Invalid, 0, default, ReadOnlyMemory<byte>.Empty, FhirValidator.Default.Validate(write.Json.Span));
        }

        if (!Guid.TryParse(write.Id, out var id) || id.ToString() != write.Id)
        {
            return Refusals.Because("patient-id", "Patient.id", "A patient's id is a UUID in lower case; POST gives one.");
        }

        var current = await store.ReadAsync(work, Type, write.Id, cancel);
        if (write.ExpectedVersion is { } expected && expected != (current?.Version ?? 0))
        {
            return Refusals.Stale(current);
        }

        if (Foreign(JsonNode.Parse(write.Json.Span)!.AsObject(), current?.Json) is { } foreign)
        {
            return Refusals.Because("patient-card", $"Patient.{foreign}",
                _recordedElsewhere.Contains(foreign) ? $"{foreign} is recorded at a visit, after checking who it is. Leave it as it is." : $"{foreign} has no place on a customer card.");
        }

        if (wanted.Child("name") is not { } name || name.TextAt("family") is not { Length: > 0 } family || Given(name) is not { Length: > 0 } given)
        {
            return Refusals.Because("patient-name", "Patient.name", "A customer card needs the family name and the given names.");
        }

        using (work.Join())
        {
            return await SaveAsync(wanted, name, family, given, id, current, work, cancel);
        }
    }

    public Task<WriteResult> DeleteAsync(string id, int? expectedVersion, UnitOfWork work, CancellationToken cancel) => Task.FromResult(
        Refusals.Because("patient-erasure", "Patient", "A patient is not deleted here: what may be erased, and when, is decided on the page of privacy requests."));

    private async Task<WriteResult> SaveAsync(
        Element wanted, Element name, string family, string given, Guid id, StoredResource? current, UnitOfWork work, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        var row = current is null ? null : await db.Customers.AsNoTracking().SingleAsync(c => c.Id == id, cancel);
        var before = row is null ? null : (await reader.ReadWithContactsAsync(row, cancel)).Details;
        var details = new CustomerDetails
        {
            FamilyName = family,
            GivenNames = given,
            CallName = CallName(name),
            // Under turvakielto nobody reads contacts here, so that leaving them out takes nothing away.
            Phone = Contact(wanted, "phone") ?? (row is { NonDisclosure: true } ? before?.Phone : null),
            Email = Contact(wanted, "email") ?? (row is { NonDisclosure: true } ? before?.Email : null),
            Address = wanted.Child("address") is { } address ? AddressText(address) : before?.Address,
            Note = before?.Note,
            Language = wanted.ChildrenNamed("communication").Select(c => c.Child("language")?.Child("coding")?.TextAt("code")).FirstOrDefault(l => l is "fi" or "sv" or "en") ?? before?.Language ?? "fi",
        };
        if (row is null)
        {
            await cards.CreateAsync(Guid.CreateVersion7(), details, cancel, id);
        }
        else if (await cards.UpdateAsync(id, row.Version, details, cancel) != ChangeCard.Outcome.Done)
        {
            return Refusals.Stale(current);
        }

        return await Refusals.WrittenAsync(store, work, Type, id.ToString(), row is null, cancel);
    }

    /// <summary>The first element that says something which the card cannot hold or may not change; null: none.</summary>
    private static string? Foreign(JsonObject body, byte[]? current)
    {
        var stored = current is null ? null : JsonNode.Parse(current)!.AsObject();
        return body.Select(p => p.Key).FirstOrDefault(name => _recordedElsewhere.Contains(name)
            ? !JsonNode.DeepEquals(body[name], stored?[name])
            : !_kept.Contains(name) && !name.StartsWith('_') && !JsonNode.DeepEquals(body[name], stored?[name]));
    }

    private static string Given(Element name) => string.Join(' ', name.ChildrenNamed("given").Select(g => g.Text).OfType<string>());

    private static string? CallName(Element name) => name.ChildrenNamed("given").FirstOrDefault(g => g.ChildrenNamed("extension").Any(e => e.TextAt("value") == "CL"))?.Text;

    private static string? Contact(Element patient, string system) =>
        patient.ChildrenNamed("telecom").FirstOrDefault(t => t.TextAt("system") == system)?.TextAt("value");

    private static string AddressText(Element address) => address.TextAt("text") ?? string.Join(
        ", ", [.. address.ChildrenNamed("line").Select(l => l.Text).OfType<string>(), $"{address.TextAt("postalCode")} {address.TextAt("city")}".Trim()]);
}
