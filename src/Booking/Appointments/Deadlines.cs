using Booking.Services;

namespace Booking.Appointments;

/// <summary>Until when a customer may change her booking by herself.</summary>
internal static class Deadlines
{
    public static DateTime Cancel(Appointment appointment, BookingRules rules) => appointment.StartsAt.AddMinutes(-rules.CancelDeadlineMinutes);

    public static DateTime Move(Appointment appointment, BookingRules rules) => appointment.StartsAt.AddMinutes(-rules.MoveDeadlineMinutes);

    public static bool MayCancel(Appointment appointment, BookingRules rules, DateTime now) =>
        appointment.Status == AppointmentStatus.Booked && now <= Cancel(appointment, rules);

    public static bool MayMove(Appointment appointment, BookingRules rules, DateTime now) =>
        appointment.Status == AppointmentStatus.Booked && now <= Move(appointment, rules);
}
