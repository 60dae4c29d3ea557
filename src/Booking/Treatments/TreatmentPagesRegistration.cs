using Booking.Services;

namespace Booking.Treatments;

/// <summary>What the practitioner's and the customer's treatment pages need.</summary>
internal static class TreatmentPagesRegistration
{
    public static IServiceCollection AddTreatmentPages(this IServiceCollection services) => services
        .AddScoped<StaffAccess>()
        .AddScoped<ArchiveStates>()
        .AddScoped<NoteWords>()
        .AddScoped<RightVisits>()
        .AddScoped<ContactsInText>()
        .AddScoped<ServiceNames>()
        .AddScoped<AppointmentForCare>();
}
