namespace KantaSimulator.Tests.Samples;

/// <summary>The published sample messages, outside the repository: ../shared beside the clone, or CARERECORDS_SHARED.</summary>
internal static class SharedData
{
    public const string Missing = "the shared folder with the published sample messages is absent (../shared beside the clone, or CARERECORDS_SHARED)";

    public static string? Kanta { get; } = Find();

    public static string Message(string name)
    {
        Assert.SkipWhen(Kanta is null, Missing);
        return Path.Combine(Kanta!, name);
    }

    private static string? Find()
    {
        var folder = Environment.GetEnvironmentVariable("CARERECORDS_SHARED");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); folder is null && at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "CareRecords.sln")))
                folder = Path.Combine(at.Parent?.FullName ?? "/", "shared");
        var kanta = folder is null ? null : Path.Combine(folder, "data", "kanta");
        return Directory.Exists(kanta) ? kanta : null;
    }
}
