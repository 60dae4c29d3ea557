using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Fhir.Tests;

/// <summary>Test material from outside the repository: a folder beside the clone, or the one that CARERECORDS_SHARED names. Tests over it are skipped where it is absent.</summary>
internal static class SharedData
{
    public static string? Folder { get; } = Locate();

    public static string Require(string relative)
    {
        Assert.SkipWhen(Folder is null, "Needs the test material of ../shared/data beside the clone (or CARERECORDS_SHARED); it is absent here.");
        return Path.Combine(Folder!, relative);
    }

    /// <summary>Every JSON file of the material that holds a resource whose definition is loaded.</summary>
    public static IEnumerable<string> ResourceFiles(params string[] folders)
    {
        foreach (var folder in folders)
        {
            foreach (var file in Directory.EnumerateFiles(Require(folder), "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                yield return file;
            }
        }
    }

    public static string? ResourceType(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("resourceType", out var type) ? type.GetString() : null;
    }

    private static string? Locate([CallerFilePath] string here = "")
    {
        var shared = Environment.GetEnvironmentVariable("CARERECORDS_SHARED") ?? Path.Combine(Path.GetDirectoryName(here)!, "../../../shared");
        var data = Path.GetFullPath(Path.Combine(shared, "data"));
        return Directory.Exists(data) ? data : null;
    }
}
