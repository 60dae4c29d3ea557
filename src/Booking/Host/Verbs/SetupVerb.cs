using Booking.SignIn;
using CareRecords.Database;
using CareRecords.Practice;

namespace Booking.Host.Verbs;

internal static class SetupVerb
{
    public static Verb Verb { get; } = new(
        "setup",
        "setup --name TEXT --environment simulated|test|production --organization-oid OID [--joined YYYY-MM-DD] "
            + "--controller-name TEXT [--controller-kind company|self_employed] --unit-oid OID --unit-name TEXT --oid-root OID --temporary-id-root OID "
            + "--admin-email ADDRESS --admin-name TEXT",
        "Sets up the practice in an empty database; the environment can never be changed afterwards.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var request = Read(context.Arguments);
        _ = (context.Arguments.Required("admin-email"), context.Arguments.Required("admin-name"));
        await using var open = await context.OpenAsync(migrate: true);
        await using var scope = open.Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var written = await SetUpPractice.HandleAsync(work, request, context.Cancel);
        await work.CommitAsync(context.Cancel);
        var code = written
            ? await scope.ServiceProvider.GetRequiredService<CreateFirstAdministrator>()
                .HandleAsync(context.Arguments.Required("admin-email"), context.Arguments.Required("admin-name"), context.Cancel)
            : null;
        await context.ReportAsync(
            new { written, invitation = code },
            !written ? "This database already has a practice; nothing was changed."
            : code is null ? $"{request.Name} is set up; accounts existed already, so no administrator was made."
            : $"{request.Name} is set up. Its administrator sets a password at /account/invitation with the code {code} within seven days.");
        return written ? ExitCode.Ok : ExitCode.No;
    }

    private static SetUpPractice.Request Read(Arguments arguments)
    {
        var organization = arguments.Required("organization-oid");
        var name = arguments.Required("name");
        var kind = arguments.Value("controller-kind") ?? "company";
        return new SetUpPractice.Request
        {
            Name = name,
            Environment = Enum.TryParse<KantaEnvironment>(arguments.Required("environment"), ignoreCase: true, out var environment)
                ? environment
                : throw new UsageException("--environment is simulated, test or production."),
            OrganizationOid = organization,
            JoinedArchiveOn = arguments.Value("joined") is not { } joined ? null
                : DateOnly.TryParseExact(joined, "yyyy-MM-dd", out var day) ? day
                : throw new UsageException("--joined is a day such as 2026-11-01."),
            Controllers =
            [
                new ControllerFacts(
                    Guid.CreateVersion7(), arguments.Value("controller-name") ?? name, kind,
                    arguments.Value("controller-oid") ?? organization, arguments.Value("producer-oid") ?? organization,
                    arguments.Value("producer-name") ?? name, arguments.Required("unit-oid"), arguments.Required("unit-name"),
                    arguments.Required("oid-root"), arguments.Value("register-code") ?? (kind == "company" ? "3" : "10"),
                    arguments.Required("temporary-id-root")),
            ],
        };
    }
}
