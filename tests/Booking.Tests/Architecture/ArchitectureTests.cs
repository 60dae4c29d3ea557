using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Booking.Tests.Architecture;

/// <summary>What holds for every module: which way dependencies point, that inner types stay inside, and what no code calls. Read from the built programs.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> _mayUse = new()
    {
        ["Fhir"] = [],
        ["CareRecords"] = ["Fhir"],
        ["KantaConnector"] = ["CareRecords", "Fhir"],
        ["Booking"] = ["KantaConnector", "CareRecords", "Fhir"],
    };

    public static TheoryData<string> Modules => [.. _mayUse.Keys];

    [Theory]
    [MemberData(nameof(Modules))]
    public void Module_UsesOnlyModulesBelowIt(string module) => Load(module).GetReferencedAssemblies().Select(a => a.Name!)
        .Where(n => _mayUse.ContainsKey(n) || n == "KantaSimulator").Except(_mayUse[module]).ShouldBeEmpty();

    [Fact]
    public void Simulator_ReferencesNoOtherProject() => Regex.Matches(File.ReadAllText(Path.Combine(Source(), "KantaSimulator", "KantaSimulator.csproj")), "ProjectReference")
        .ShouldBeEmpty("an independent judge shares no code with what it judges");

    [Theory]
    [MemberData(nameof(Modules))]
    public void Classes_AreSealedStaticOrAbstract(string module) => Load(module).GetTypes()
        .Where(t => t is { IsClass: true, IsSealed: false, IsAbstract: false } && !t.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), false)
            && !t.Name.Contains('<', StringComparison.Ordinal) && !HasHeirs(t) && !IsMade(t))
        .Select(t => t.FullName).ShouldBeEmpty();

    [Theory]
    [InlineData("System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow")]
    [InlineData("System.Xml.Linq.XDocument.Parse", "System.Xml.Linq.XElement.Parse", "System.Xml.XmlDocument.LoadXml")]
    [InlineData("System.Xml.XmlTextReader..ctor", "System.Xml.XPath.XPathDocument..ctor", "System.Xml.Xsl.XslCompiledTransform.Load")]
    public void NoModule_CallsTheClockOrReadsXmlPastOurReader(params string[] forbidden)
    {
        foreach (var module in _mayUse.Keys)
        {
            Calls(module).Intersect(forbidden).ShouldBeEmpty($"{module}: time comes from TimeProvider, XML from XmlReader.Create with DTDs prohibited");
        }
    }

    [Fact]
    public void EveryRegex_HasATimeoutOrDoesNotBacktrack() => Statements("""(?:new Regex|\[GeneratedRegex|Regex\.(?:Match|Matches|IsMatch|Replace|Split))\((?>[^()"]+|"(?:[^"\\]|\\.)*"|\((?>[^()"]+|"(?:[^"\\]|\\.)*"|\([^()]*\))*\))*\)""")
        .Where(s => !Regex.IsMatch(s, @"NonBacktracking|TimeSpan|[tT]ime(out\w*)?\b|,\s*\d+\s*\)"))
        .ShouldBeEmpty();

    [Fact]
    public void NoCatchOfEverything_SwallowsIt() => Statements("""catch(?:\s*\(Exception(?:\s+\w+)?\))?\s*\{(?>[^{}]+|\{(?>[^{}]+|\{[^{}]*\})*\})*\}""")
        .Where(s => !Regex.IsMatch(s, @"\bthrow\b|SetException|Log(Error|Critical)"))
        .ShouldBeEmpty();

    private static Assembly Load(string module) => Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, module + ".dll"));

    private static bool HasHeirs(Type type) => type.Assembly.GetTypes().Any(t => t.BaseType == type || (t.BaseType is { IsGenericType: true } b && b.GetGenericTypeDefinition() == type));

    // By Razor, and by the compiler around top-level statements.
    private static bool IsMade(Type type) => type.FullName is "Program" || type.FullName!.StartsWith("AspNetCoreGeneratedDocument.", StringComparison.Ordinal);

    // Every member of another assembly that the module's code names.
    private static HashSet<string> Calls(string module)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, module + ".dll")));
        var metadata = file.GetMetadataReader();
        return [.. metadata.MemberReferences.Select(metadata.GetMemberReference).Where(m => m.Parent.Kind == HandleKind.TypeReference).Select(m =>
        {
            var type = metadata.GetTypeReference((TypeReferenceHandle)m.Parent);
            return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}.{metadata.GetString(m.Name)}";
        })];
    }

    private static IEnumerable<string> Statements(string pattern)
    {
        var files = Directory.EnumerateFiles(Source(), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));
        return files.SelectMany(f => Regex.Matches(File.ReadAllText(f), pattern, RegexOptions.Singleline, TimeSpan.FromSeconds(10))
            .Select(m => $"{Path.GetRelativePath(Source(), f)}: {m.Value}"));
    }

    private static string Source()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CareRecords.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("The tests run from a build inside the repository."), "src");
    }
}
