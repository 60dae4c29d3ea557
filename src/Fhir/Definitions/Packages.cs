namespace Fhir.Definitions;

/// <summary>The packages that travel inside this assembly.</summary>
internal static class Packages
{
    private static readonly Lazy<PackageFolder> LazyR4 = new(() => new PackageFolder("r4.zip"));
    private static readonly Lazy<PackageFolder> LazyFi = new(() => new PackageFolder("fi.zip"));
    private static readonly Lazy<PackageFolder> LazyOwn = new(() => new PackageFolder("own.zip"));
    private static readonly Lazy<PackageFolder> LazyTerminology = new(() => new PackageFolder("terminology.zip"));

    public static PackageFolder R4 => LazyR4.Value;

    public static PackageFolder Finnish => LazyFi.Value;

    public static PackageFolder Own => LazyOwn.Value;

    public static PackageFolder Terminology => LazyTerminology.Value;
}
