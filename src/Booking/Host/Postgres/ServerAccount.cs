using System.Diagnostics;

namespace Booking.Host.Postgres;

/// <summary>
/// The account that the server runs as: ours, or the system's `postgres` when we are root, because PostgreSQL refuses to run as root.
/// </summary>
internal sealed class ServerAccount
{
    private const string SystemUser = "postgres";

    /// <summary>True when commands go through runuser.</summary>
    public bool Switches { get; } = Environment.UserName == "root" || Environment.IsPrivilegedProcess;

    /// <summary>Whether the server's account can enter this existing folder.</summary>
    public async Task<bool> CanEnterAsync(string folder, CancellationToken cancel) =>
        !Switches || (await RunAsync("test", ["-x", folder], cancel)).ExitCode == 0;

    /// <summary>Gives a file or folder of ours to the server's account.</summary>
    public async Task GiveAsync(string path, CancellationToken cancel)
    {
        if (Switches)
        {
            await MustAsync(await StartAsync("chown", ["-R", $"{SystemUser}:{SystemUser}", path], cancel), "chown");
        }
    }

    /// <summary>Runs a program as that account in a session of its own, so that a Ctrl-C at our terminal does not reach it.</summary>
    public Task<CommandResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancel) => Switches
        ? StartAsync("runuser", ["-u", SystemUser, "--", "setsid", "--wait", program, .. arguments], cancel)
        : StartAsync("setsid", ["--wait", program, .. arguments], cancel);

    /// <summary>As <see cref="RunAsync"/>; a non-zero exit becomes a <see cref="StartupException"/> with the program's own words.</summary>
    public async Task RunOrThrowAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancel) =>
        await MustAsync(await RunAsync(program, arguments, cancel), Path.GetFileName(program));

    private static Task MustAsync(CommandResult result, string name) => result.ExitCode == 0
        ? Task.CompletedTask
        : throw new StartupException($"{name} failed ({result.ExitCode}): {result.Output.Trim()}");

    private static async Task<CommandResult> StartAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            // The server's account may not be able to enter our working folder.
            WorkingDirectory = "/",
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start) ?? throw new StartupException($"{program} could not be started.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return new CommandResult(process.ExitCode, await output + await errors);
    }
}

/// <summary>How a program ended, and what it printed on both streams.</summary>
internal sealed record CommandResult(int ExitCode, string Output);
