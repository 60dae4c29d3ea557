namespace KantaConnector.Tests;

/// <summary>Published messages and schemas in ../shared beside the clone (or CARERECORDS_SHARED); tests skip with a reason where it is absent.</summary>
internal static class OutsideMaterial
{
    public static string Kanta(string name)
    {
        var folder = Environment.GetEnvironmentVariable("CARERECORDS_SHARED");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); folder is null && at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "CareRecords.sln")))
            {
                folder = Path.Combine(at.Parent!.FullName, "shared");
            }
        }
        var path = Path.Combine(folder ?? "shared", "data", "kanta", name);
        Assert.SkipUnless(Path.Exists(path), "the published Kanta material (shared/data/kanta) is not on this machine");
        return path;
    }
}
