using System.Runtime.InteropServices;
using Npgsql;

namespace Booking.Host.Verbs;

/// <summary>Dispatches the program's verbs. Exit codes are those of <see cref="ExitCode"/>.</summary>
internal static class CommandLine
{
    private static readonly Verb[] _verbs =
    [
        RunVerb.Verb, MigrateVerb.Verb, SetupVerb.Verb, TokenVerb.Verb, StatusVerb.Verb, KantaVerb.Verb, CodesVerb.Verb, DemoCodeVerb.Verb,
        ConformanceVerb.Verb, CheckVerb.Verb, ReindexVerb.Verb, KeysVerb.Verb,
    ];

    /// <summary>Runs the verb that stands first (default: run); prints errors meant for the operator on standard error.</summary>
    public static Task<int> RunAsync(string[] args) => RunAsync(args, Console.Out, Console.Error);

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        // `dotnet run`, test hosts and service units pass settings only: they mean `run`.
        var named = args.Length > 0 && !args[0].StartsWith('-');
        var name = named ? args[0] : args.Contains("--help") ? "help" : "run";
        var verb = _verbs.FirstOrDefault(v => v.Name == name);
        if (verb is null)
        {
            await PrintHelpAsync(name == "help" ? output : errors, name);
            return name == "help" ? ExitCode.Ok : ExitCode.Usage;
        }

        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => Cancel(s, stop));
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, s => Cancel(s, stop));
        try
        {
            var arguments = Arguments.Parse(named ? args[1..] : args);
            if (arguments.Has("help"))
            {
                await output.WriteLineAsync($"usage: care {verb.Usage}\n{verb.Purpose}");
                return ExitCode.Ok;
            }

            arguments.AllowOnly(verb.Usage);
            return await verb.RunAsync(new VerbContext(arguments, output, errors, stop.Token));
        }
        catch (UsageException e)
        {
            await errors.WriteLineAsync($"{e.Message}\nusage: care {verb.Usage}");
            return ExitCode.Usage;
        }
        catch (StartupException e)
        {
            await errors.WriteLineAsync(e.Message);
            return ExitCode.CannotRun;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName)
        {
            await errors.WriteLineAsync($"The database is older than this program: run `care migrate` first. ({e.MessageText})");
            return ExitCode.CannotRun;
        }
        catch (NpgsqlException e) when (e is not PostgresException)
        {
            await errors.WriteLineAsync($"The database does not answer: {e.InnerException?.Message ?? e.Message}. Start it, or mend ConnectionStrings:CareRecords.");
            return ExitCode.CannotRun;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private static void Cancel(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    private static async Task PrintHelpAsync(TextWriter writer, string name)
    {
        if (name != "help")
        {
            await writer.WriteLineAsync($"There is no verb {name}.");
        }

        await writer.WriteLineAsync("usage: care VERB [OPTION]… [--data DIR] [--json] [--Section:Key=value]…");
        foreach (var verb in _verbs)
        {
            await writer.WriteLineAsync($"  {verb.Usage}\n      {verb.Purpose}");
        }

        await writer.WriteLineAsync(LibraryVerbs.Help);
        await writer.WriteLineAsync("Exit codes: 0 done, 1 the answer is no or it failed, 2 it cannot run here (the message says what to change), 64 wrong usage, 130 interrupted.");
    }
}

/// <summary>One verb: its name, its usage line without the program's name, its purpose in one sentence.</summary>
internal sealed record Verb(string Name, string Usage, string Purpose, Func<VerbContext, Task<int>> RunAsync);

/// <summary>What a shell sees.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int No = 1;
    public const int CannotRun = 2;
    public const int Usage = 64;
    public const int Interrupted = 130;
}

/// <summary>The command line does not say what a verb needs.</summary>
internal sealed class UsageException(string message) : Exception(message);
