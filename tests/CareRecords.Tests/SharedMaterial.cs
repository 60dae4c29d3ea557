using System.Runtime.CompilerServices;

namespace CareRecords.Tests;

/// <summary>Published example resources in ../shared/data beside the clone (or CARERECORDS_SHARED); tests skip with a reason where they are absent.</summary>
internal static class SharedMaterial
{
    /// <summary>The JSON files below a folder of the material, in the order of their names.</summary>
    internal static IReadOnlyList<string> Files(string folder)
    {
        var path = Path.Combine(Root(), folder);
        Assert.SkipUnless(Directory.Exists(path), $"Needs the test material shared/data/{folder} beside the clone (or CARERECORDS_SHARED); it is absent here.");
        return [.. Directory.EnumerateFiles(path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(
        Environment.GetEnvironmentVariable("CARERECORDS_SHARED") ?? Path.Combine(Path.GetDirectoryName(here)!, "../../../shared"), "data"));
}
