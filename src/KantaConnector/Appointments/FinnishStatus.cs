namespace KantaConnector.Appointments;

/// <summary>
/// Status of an appointment in FHIR and in the national code set 1.2.246.537.6.881, mapped as HL7 Finland's concept maps (scheduling guide 2.0.0-rc2) have it.
/// Where a FHIR status has several national codes, ours is the one that says what happened here.
/// </summary>
internal static class FinnishStatus
{
    public const string System = "urn:oid:1.2.246.537.6.881";

    /// <exception cref="ArgumentOutOfRangeException">A mistake has no status: it is invalidated.</exception>
    public static (string Fhir, string Code, string Display) Of(AppointmentState state) => state switch
    {
        AppointmentState.Booked => ("booked", "3", "Varattu"),
        // Ilmoittautunut is equal to checked-in; arrived has no equal code.
        AppointmentState.Arrived => ("checked-in", "10", "Ilmoittautunut"),
        AppointmentState.Done => ("fulfilled", "7", "Toteutunut"),
        AppointmentState.NoShow => ("noshow", "9", "Saapumatta"),
        AppointmentState.Cancelled => ("cancelled", "4", "Peruttu"),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "A mistake has no status."),
    };
}
