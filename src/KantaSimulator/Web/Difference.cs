namespace KantaSimulator.Web;

/// <summary>Compares two texts line by line (longest common subsequence).</summary>
internal static class Difference
{
    /// <summary>Lines in order: '-' only in the first, '+' only in the second, ' ' in both. Beyond 2,000 lines a side the rest is not compared.</summary>
    public static IReadOnlyList<(char Kind, string Line)> Compare(IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        int m = Math.Min(first.Count, 2000), n = Math.Min(second.Count, 2000);
        var common = new int[m + 1, n + 1];
        for (var i = m - 1; i >= 0; i--)
            for (var j = n - 1; j >= 0; j--)
                common[i, j] = first[i] == second[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        var lines = new List<(char, string)>();
        for (int i = 0, j = 0; i < m || j < n;)
        {
            if (i < m && j < n && first[i] == second[j])
                (_, i, j) = (Add(' ', first[i]), i + 1, j + 1);
            else if (j == n || (i < m && common[i + 1, j] >= common[i, j + 1]))
                (_, i) = (Add('-', first[i]), i + 1);
            else
                (_, j) = (Add('+', second[j]), j + 1);
        }

        return lines;

        bool Add(char kind, string line)
        {
            lines.Add((kind, line));
            return true;
        }
    }
}
