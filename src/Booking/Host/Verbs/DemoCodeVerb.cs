using Booking.Host.Demo;
using Booking.SignIn;

namespace Booking.Host.Verbs;

internal static class DemoCodeVerb
{
    public const string Hint = "./care demo-code";

    public static Verb Verb { get; } = new(
        "demo-code", "demo-code", "Prints the six digits that the demonstration accounts ask for now; real accounts have keys of their own.", RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var code = Totp.Code(DemoPractice.TotpKey, Totp.StepAt(TimeProvider.System.GetUtcNow()));
        await context.ReportAsync(new { code }, code);
        return ExitCode.Ok;
    }
}
