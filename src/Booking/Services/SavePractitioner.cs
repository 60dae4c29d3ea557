using CareRecords.Database;
using CareRecords.Practice;
using Microsoft.EntityFrameworkCore;

namespace Booking.Services;

/// <summary>Adds or changes a practitioner: her calendar, her facts and her FHIR Practitioner together.</summary>
internal sealed class SavePractitioner(UnitOfWork work, PracticeDirectory directory, BookingProjection projection)
{
    internal sealed record Request
    {
        public required Guid Id { get; init; }

        /// <summary>False: it must be there; true: it is made unless it is there (a repeated request).</summary>
        public required bool IsNew { get; init; }

        public required Guid ControllerId { get; init; }

        public required string GivenNames { get; init; }

        public string? CallName { get; init; }

        public required string FamilyName { get; init; }

        public required string Title { get; init; }

        public string? TerhikkiNumber { get; init; }

        public string? ProfessionalRightCode { get; init; }

        public string? ProfessionalRight { get; init; }

        public bool Active { get; init; } = true;
    }

    /// <summary>False: there is no such practitioner, or no such controller in this practice. The caller commits.</summary>
    public async Task<bool> HandleAsync(Request request, CancellationToken cancel)
    {
        var practice = await directory.GetAsync(cancel);
        if (practice.Controllers.All(c => c.Id != request.ControllerId))
        {
            return false;
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        var practitioner = await db.Practitioners.SingleOrDefaultAsync(p => p.Id == request.Id, cancel);
        if (practitioner is null)
        {
            if (!request.IsNew)
            {
                return false;
            }

            practitioner = new Practitioner
            {
                Id = request.Id,
                ControllerId = request.ControllerId,
                FamilyName = request.FamilyName,
                GivenNames = request.GivenNames,
                Title = request.Title,
            };
            db.AddRange(
                new CalendarResource
                {
                    Id = request.Id,
                    PracticeId = practice.Id,
                    Kind = ResourceKind.Practitioner,
                    Name = "",
                    Place = await db.Resources.CountAsync(cancel),
                },
                practitioner);
            await db.SaveChangesAsync(cancel);
        }

        (practitioner.GivenNames, practitioner.CallName, practitioner.FamilyName) = (request.GivenNames, request.CallName, request.FamilyName);
        (practitioner.Title, practitioner.TerhikkiNumber, practitioner.ControllerId) = (request.Title, request.TerhikkiNumber, request.ControllerId);
        (practitioner.ProfessionalRightCode, practitioner.ProfessionalRight) = (request.ProfessionalRightCode, request.ProfessionalRight);
        var resource = await db.Resources.SingleAsync(r => r.Id == request.Id, cancel);
        (resource.Name, resource.Active) = (practitioner.ShownName, request.Active);
        await db.SaveChangesAsync(cancel);
        await projection.PractitionerAsync(practitioner, request.Active, cancel);
        return true;
    }
}
