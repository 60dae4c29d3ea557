using KantaConnector.Tests.Fixtures;
using Xunit.Runner.InProc.SystemConsole;

// Many of these tests wait for a process, a lease or an answer.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

return args is ["--worker", .. var rest] ? await WorkerProcess.Run(rest) : await ConsoleRunner.Run(args);
