namespace KantaConnector.Tests.Faults;

/// <summary>How often a fault is tried: few times at each commit, many by <c>./test.sh --long</c>. Each scenario says its count beside its result.</summary>
internal static class Runs
{
    public static bool Long => Environment.GetEnvironmentVariable("CARERECORDS_LONG") is { Length: > 0 };

    public static int Of(int commit, int nightly) => Long ? nightly : commit;

    /// <summary>Only reached when nothing failed before.</summary>
    public static void Passed(string scenario, int runs, string what) => Console.WriteLine($"{scenario}: {runs} {what}, 0 violations");
}
