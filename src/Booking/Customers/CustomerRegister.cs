using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;
using Microsoft.EntityFrameworkCore;

namespace Booking.Customers;

/// <summary>The customer register and the staff list as the treatment side sees them.</summary>
internal sealed class CustomerRegister(CustomerCards cards, BookingProjection projection) : ICustomerCards
{
    public async Task<PersonNameParts?> NameAsync(string patientId, UnitOfWork work, CancellationToken cancel)
    {
        if (!Guid.TryParse(patientId, out var id))
        {
            return null;
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        return await db.Customers.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancel) is { } row
            && (await cards.ReadAsync(row, cancel)).Details is { } details
            ? Name(details.FamilyName, details.GivenNames, details.CallName)
            : null;
    }

    public async Task ProjectPatientAsync(string patientId, UnitOfWork work, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        await projection.PatientAsync(db, Guid.Parse(patientId), cancel);
    }

    public async Task<PractitionerFacts?> PractitionerAsync(Guid practitionerId, UnitOfWork work, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        return await db.Practitioners.AsNoTracking().SingleOrDefaultAsync(p => p.Id == practitionerId, cancel) is { } p
            ? new PractitionerFacts(
                p.Id, Name(p.FamilyName, p.GivenNames, p.CallName), p.Title, p.TerhikkiNumber, p.PersonnelId, p.ControllerId, p.Id.ToString())
            : null;
    }

    private static PersonNameParts Name(string family, string given, string? call) =>
        new(family, given.Split(' ', StringSplitOptions.RemoveEmptyEntries), call);
}
