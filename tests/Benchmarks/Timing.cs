using System.Diagnostics;

namespace Benchmarks;

/// <summary>A plain loop: warm up, then the median of several rounds.</summary>
internal static class Timing
{
    /// <summary>Microseconds of one call.</summary>
    public static double Microseconds(Action action, bool quick)
    {
        var warm = Stopwatch.StartNew();
        while (warm.ElapsedMilliseconds < (quick ? 1000 : 3000))
        {
            action();
        }

        var rounds = new List<double>();
        for (var round = 0; round < (quick ? 7 : 15); round++)
        {
            var watch = Stopwatch.StartNew();
            var calls = 0;
            while (watch.ElapsedMilliseconds < 200)
            {
                for (var i = 0; i < 20; i++)
                {
                    action();
                }

                calls += 20;
            }

            rounds.Add(watch.Elapsed.TotalMicroseconds / calls);
        }

        rounds.Sort();
        return rounds[rounds.Count / 2];
    }
}
