namespace KantaConnector.Queue;

/// <summary>
/// A way to the archive. Each has a breaker and a pump of its own, so that an appointment interface that is down keeps no document waiting, and the other way round.
/// </summary>
internal enum Way
{
    Documents,
    Appointments,
}

internal static class Ways
{
    public static Way Of(SubmissionKind kind) => kind == SubmissionKind.Appointment ? Way.Appointments : Way.Documents;

    /// <summary>The row of <c>kanta.endpoint</c>.</summary>
    public static string Name(this Way way) => way == Way.Appointments ? "appointments" : "documents";

    /// <summary>Condition on <c>kanta.document</c>; constant text, since the planner matches it with partial indexes.</summary>
    public static string Kinds(this Way way) => way == Way.Appointments ? "kind = 'appointment'" : "kind <> 'appointment'";
}
