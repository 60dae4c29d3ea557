using KantaConnector.Tests.Fixtures;
using Xunit.Runner.InProc.SystemConsole;

return args is ["--worker", .. var rest] ? await WorkerProcess.Run(rest) : await ConsoleRunner.Run(args);
