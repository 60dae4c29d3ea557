using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.EntityFrameworkCore;

namespace Booking.Customers;

/// <summary>Staff make and change cards, link duplicates and record consents; the FHIR Patient and the access log go along.</summary>
internal sealed class ChangeCard(
    UnitOfWork work, PracticeDirectory directory, CustomerCards cards, BookingProjection projection, AccessLog log, TimeProvider clock)
{
    /// <summary>How a change ended.</summary>
    internal enum Outcome
    {
        Done,
        NotThere,

        /// <summary>Somebody else changed the card since it was shown.</summary>
        Stale,
    }

    /// <summary>Makes a card; a repeated request with the same key gets the first one's.</summary>
    /// <param name="wantedId">The id that the card is to have; null: a new one.</param>
    public async Task<Guid> CreateAsync(Guid key, CustomerDetails details, CancellationToken cancel, Guid? wantedId = null)
    {
        var practice = await directory.GetAsync(cancel);
        var card = await cards.PrepareAsync(practice.Id, details, CustomerSource.Staff, clock.GetUtcNow().UtcDateTime, cancel, wantedId);
        if (await Idempotency.ClaimAsync(work, key, nameof(ChangeCard), cancel) is { } earlier)
        {
            await work.RollbackAsync();
            return Guid.Parse(earlier);
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        await CustomerCards.AddAsync(db, card, cancel);
        await db.SaveChangesAsync(cancel);
        await FinishAsync(db, card.Customer.Id, "create", cancel);
        await Idempotency.CompleteAsync(work, key, card.Customer.Id.ToString(), cancel);
        await work.CommitAsync(cancel);
        return card.Customer.Id;
    }

    /// <param name="version">The version that the user saw.</param>
    public async Task<Outcome> UpdateAsync(Guid id, int version, CustomerDetails details, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await LockedAsync(db, id, cancel) is not { } row)
        {
            return Outcome.NotThere;
        }

        if (row.Version != version)
        {
            return Outcome.Stale;
        }

        await cards.UpdateAsync(db, row, details, clock.GetUtcNow().UtcDateTime, cancel);
        await db.SaveChangesAsync(cancel);
        await FinishAsync(db, id, "update", cancel);
        await work.CommitAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>Says that a card is the same person's as another, or (null) that it is not a duplicate. Nothing is merged: both keep their records.</summary>
    public async Task<Outcome> LinkAsync(Guid id, Guid? to, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await LockedAsync(db, id, cancel) is not { } row || id == to
            || (to is { } other && !await db.Customers.AnyAsync(c => c.Id == other && c.LinkedTo == null, cancel)))
        {
            return Outcome.NotThere;
        }

        // The same person's card: what hides her contacts there hides them here.
        var marks = !row.NonDisclosure && to is { } same && await db.Customers.AnyAsync(c => c.Id == same && c.NonDisclosure, cancel);
        row.LinkedTo = to;
        row.PossibleDuplicate = false;
        row.Version++;
        row.ChangedAt = clock.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancel);
        if (marks)
        {
            await projection.MarkAsync(db, row, true, cancel);
        }

        await FinishAsync(db, id, "update", cancel);
        await work.CommitAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>Gives or withdraws a consent on the customer's word.</summary>
    public async Task<Outcome> ConsentAsync(Guid id, ConsentPurpose purpose, ConsentChannel channel, bool given, string textVersion, CancellationToken cancel)
    {
        await using var db = await BookingContext.OnAsync(work, cancel);
        if (await LockedAsync(db, id, cancel) is null)
        {
            return Outcome.NotThere;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var inForce = await db.Consents.SingleOrDefaultAsync(c => c.CustomerId == id && c.Purpose == purpose && c.Channel == channel && c.WithdrawnAt == null, cancel);
        if (given && inForce is null)
        {
            db.Consents.Add(new ConsentRow
            {
                CustomerId = id,
                Purpose = purpose,
                Channel = channel,
                GivenAt = now,
                Source = ConsentSource.Staff,
                TextVersion = textVersion,
            });
        }
        else if (!given && inForce is not null)
        {
            inForce.WithdrawnAt = now;
        }

        await db.SaveChangesAsync(cancel);
        await FinishAsync(db, id, "update", cancel);
        await work.CommitAsync(cancel);
        return Outcome.Done;
    }

    private async Task FinishAsync(BookingContext db, Guid id, string interaction, CancellationToken cancel)
    {
        await projection.PatientAsync(db, id, cancel);
        await log.RecordAsync(
            work,
            new AccessEntry { Interaction = interaction, ResourceType = "Patient", ResourceId = id.ToString(), PatientIds = [id.ToString()], Purpose = "booking" },
            cancel);
    }

    private async Task<Customer?> LockedAsync(BookingContext db, Guid id, CancellationToken cancel)
    {
        await work.ExecuteAsync("select 1 from booking.customer where id = $1 for update", cancel, id);
        return await db.Customers.SingleOrDefaultAsync(c => c.Id == id, cancel);
    }
}
