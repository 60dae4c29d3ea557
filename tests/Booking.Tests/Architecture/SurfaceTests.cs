using System.Reflection;
using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Booking.Tests.Architecture;

/// <summary>
/// What each module shows to the ones above it stands in Surface/MODULE.txt, so that widening it shows in review. To accept a change, run this test with
/// CARERECORDS_ACCEPT=1 and commit what it wrote.
/// </summary>
public sealed class SurfaceTests
{
    private const BindingFlags Shown = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Theory]
    [InlineData("Fhir")]
    [InlineData("CareRecords")]
    [InlineData("KantaConnector")]
    public void Module_ShowsWhatItsSnapshotSays(string module)
    {
        var file = Path.Combine(Folder(), module + ".txt");
        var now = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, module + ".dll")).GetExportedTypes()
            .OrderBy(t => t.FullName, StringComparer.Ordinal).SelectMany(Lines).ToArray();
        if (Environment.GetEnvironmentVariable("CARERECORDS_ACCEPT") == "1")
        {
            File.WriteAllLines(file, now);
        }

        var before = File.ReadAllLines(file);
        now.Except(before).Select(l => "+ " + l).Concat(before.Except(now).Select(l => "- " + l)).ShouldBeEmpty(file);
    }

    private static IEnumerable<string> Lines(Type type)
    {
        var kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : "class";
        var bases = new[] { type.BaseType }.Where(b => b is not null && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum)).Select(b => Name(b!));
        yield return $"{kind} {type.Namespace}.{Name(type)}{string.Concat(bases.Select(b => " : " + b))}";
        if (type.IsEnum)
        {
            yield return $"{Name(type)}: {string.Join(", ", Enum.GetNames(type))}";
            yield break;
        }

        var members = type.GetMembers(Shown).Where(m => !m.IsDefined(typeof(CompilerGeneratedAttribute)) && !m.Name.Contains('<', StringComparison.Ordinal));
        foreach (var line in members.Select(m => Line(type, m)).OfType<string>().Order(StringComparer.Ordinal))
        {
            yield return line;
        }
    }

    private static string? Line(Type type, MemberInfo member) => member switch
    {
        ConstructorInfo c when IsShown(c) => $"{Name(type)}.new({Parameters(c)})",
        MethodInfo { IsSpecialName: false } m when IsShown(m) => $"{Name(type)}.{m.Name}{Generic(m)}({Parameters(m)}) → {Name(m.ReturnType)}",
        PropertyInfo p when p.GetAccessors(true).Any(IsShown) =>
            $"{Name(type)}.{p.Name} {{{(p.GetMethod is { } g && IsShown(g) ? " get" : "")}{(p.SetMethod is { } s && IsShown(s) ? " set" : "")} }} → {Name(p.PropertyType)}",
        FieldInfo f when f.IsPublic || f.IsFamily => $"{Name(type)}.{f.Name} → {Name(f.FieldType)}",
        EventInfo e => $"{Name(type)}.{e.Name} event → {Name(e.EventHandlerType!)}",
        _ => null,
    };

    private static bool IsShown(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Generic(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}"));

    private static string Name(Type type)
    {
        var name = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        return type.IsGenericType ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CareRecords.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("The tests run from a build inside the repository."), "tests", "Booking.Tests", "Architecture", "Surface");
    }
}
