using System.Diagnostics;

namespace KantaConnector.Tests.Fixtures;

internal static class Until
{
    /// <summary>Polls until the condition holds; fails with what is said about the state then.</summary>
    public static async Task Holds(Func<Task<bool>> condition, Func<Task<string>> state, int seconds = 30)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(seconds))
            {
                Assert.Fail($"not within {seconds} s: {await state()}");
            }
            await Task.Delay(30, TestContext.Current.CancellationToken);
        }
    }
}
