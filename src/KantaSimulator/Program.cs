using System.Runtime.InteropServices;
using KantaSimulator.Hosting;
using KantaSimulator.Ledger;

if (args.Contains("--help") || args.Contains("-h") || args is ["help"])
{
    Console.WriteLine(StartOptions.Help);
    return 0;
}

try
{
    var options = OptionsReader.Read(args, Environment.GetEnvironmentVariables());
    var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    await using var simulator = await Simulator.StartAsync(options, TimeProvider.System);
    if (simulator.DroppedBytes > 0)
        Console.Error.WriteLine($"ledger: an incomplete last line of {simulator.DroppedBytes} bytes was cut off");
    Console.WriteLine($"ready mtls={simulator.Mr} fhir={simulator.Fhir} web={simulator.Web}");
    await stop.Task;
    return 0;

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.TrySetResult();
    }
}
catch (Exception e) when (e is OptionException or LedgerException)
{
    Console.Error.WriteLine($"KantaSimulator: {e.Message}");
    return 2;
}
