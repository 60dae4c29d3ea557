using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Booking.Tests.Architecture;

/// <summary>Each setting that a module binds stands in the README's table.</summary>
public sealed class SettingsTableTests
{
    public static TheoryData<string, Type> Bound => new()
    {
        { "Mail", typeof(Booking.Messages.MailOptions) },
        { "Kanta", typeof(KantaConnector.KantaOptions) },
        { "SignIn", typeof(Booking.SignIn.SignInOptions) },
    };

    [Theory]
    [MemberData(nameof(Bound))]
    public void EverySetting_StandsInTheReadme(string section, Type options)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CareRecords.sln")))
        {
            folder = folder.Parent!;
        }

        // A row names its first setting in full and the others by their last word.
        var rows = File.ReadLines(Path.Combine(folder.FullName, "README.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).ToList();
        var named = rows.Where(r => r.Contains($"`{section}:", StringComparison.Ordinal))
            .SelectMany(r => Regex.Matches(r.Split('|')[1], "[:`](\\w+)`").Select(m => m.Groups[1].Value)).ToHashSet();
        options.GetProperties().Where(p => p.SetMethod is not null && (p.PropertyType.IsValueType || p.PropertyType == typeof(string)))
            .Select(p => p.Name).Except(named).ShouldBeEmpty();
    }
}
