using System.Runtime.InteropServices;

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
    public static async Task<int> RunAsync(string[] args)
    {
        // `dotnet run`, test hosts and service units pass settings only: they mean `run`.
        var named = args.Length > 0 && !args[0].StartsWith('-');
        var name = named ? args[0] : args.Contains("--help") ? "help" : "run";
        var verb = _verbs.FirstOrDefault(v => v.Name == name);
        if (verb is null)
        {
            await PrintHelpAsync(name == "help" ? Console.Out : Console.Error, name);
            return name == "help" ? ExitCode.Ok : ExitCode.Usage;
        }

        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => Cancel(s, stop));
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, s => Cancel(s, stop));
        var arguments = Arguments.Parse(named ? args[1..] : args);
        try
        {
            return await verb.RunAsync(new VerbContext(arguments, Console.Out, Console.Error, stop.Token));
        }
        catch (UsageException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\nusage: care {verb.Usage}");
            return ExitCode.Usage;
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
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
