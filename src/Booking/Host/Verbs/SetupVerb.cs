using System.Net.Mail;
using System.Text.RegularExpressions;
using Booking.SignIn;
using CareRecords.Database;
using CareRecords.Practice;

namespace Booking.Host.Verbs;

internal static partial class SetupVerb
{
    public static Verb Verb { get; } = new(
        "setup",
        "setup --name TEXT --environment simulated|test|production --organization-oid OID [--joined YYYY-MM-DD] "
            + "[--controller-name TEXT] [--controller-kind company|self_employed] [--controller-oid OID] [--producer-oid OID] [--producer-name TEXT] "
            + "[--register-code CODE] --unit-oid OID --unit-name TEXT --oid-root OID --temporary-id-root OID --admin-email ADDRESS --admin-name TEXT",
        "Sets up the practice in an empty database; neither the environment nor an OID can be changed afterwards.",
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var arguments = context.Arguments;
        arguments.Require(
            "name", "environment", "organization-oid", "unit-oid", "unit-name", "oid-root", "temporary-id-root", "admin-email", "admin-name");
        var request = Read(arguments);
        if (!MailAddress.TryCreate(arguments.Required("admin-email"), out _))
        {
            throw new UsageException("--admin-email is an e-mail address.");
        }

        await using var open = await context.OpenAsync(migrate: true);
        await using var scope = open.Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var written = await SetUpPractice.HandleAsync(work, request, context.Cancel);
        await work.CommitAsync(context.Cancel);
        var code = written
            ? await scope.ServiceProvider.GetRequiredService<CreateFirstAdministrator>()
                .HandleAsync(arguments.Required("admin-email"), arguments.Required("admin-name"), context.Cancel)
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
        var organization = Oid(arguments, "organization-oid", null);
        var name = arguments.Required("name");
        var kind = arguments.Value("controller-kind") ?? "company";
        if (kind is not ("company" or "self_employed"))
        {
            throw new UsageException("--controller-kind is company or self_employed.");
        }

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
                    Oid(arguments, "controller-oid", organization), Oid(arguments, "producer-oid", organization),
                    arguments.Value("producer-name") ?? name, Oid(arguments, "unit-oid", null), arguments.Required("unit-name"),
                    Oid(arguments, "oid-root", null), arguments.Value("register-code") ?? (kind == "company" ? "3" : "10"),
                    Oid(arguments, "temporary-id-root", null)),
            ],
        };
    }

    // What is written here stands in every document to come: HL7 V3's form of an OID, and the 64 characters that archives take.
    private static string Oid(Arguments arguments, string name, string? otherwise) => (arguments.Value(name) ?? otherwise) is { Length: <= 64 } oid && OidForm().IsMatch(oid)
        ? oid
        : throw new UsageException($"--{name} is an OID such as 1.2.246.10.12345678.10.0, as the code server or Kela gave it to you.");

    [GeneratedRegex(@"^[0-2](\.(0|[1-9][0-9]*)){2,}$", RegexOptions.NonBacktracking)]
    private static partial Regex OidForm();
}
