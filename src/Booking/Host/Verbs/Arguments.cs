using System.Text.RegularExpressions;

namespace Booking.Host.Verbs;

/// <summary>
/// A parsed command line: `--name value`, `--name=value`, `--flag`, and what stands alone. A name with a colon (`--Kanta:Endpoint=…`), `--urls`
/// and `--Environment` are settings of the configuration.
/// </summary>
internal sealed partial class Arguments
{
    private static readonly string[] _flags = ["json", "demo", "help", "all", "after-restore", "proceed-unanswered"];
    private readonly List<(string Name, string Value)> _options = [];

    /// <summary>What stands alone, in order.</summary>
    public List<string> Positional { get; } = [];

    /// <summary>Settings for the configuration, each `--Key=value`.</summary>
    public List<string> Settings { get; } = [];

    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new Arguments();
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            if (!arg.StartsWith("--", StringComparison.Ordinal) || arg.Length == 2)
            {
                parsed.Positional.Add(arg);
                continue;
            }

            var equals = arg.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? arg[2..] : arg[2..equals];
            var value = equals >= 0 ? arg[(equals + 1)..]
                : _flags.Contains(name) ? ""
                : i + 1 < args.Count ? args[++i]
                : throw new UsageException($"--{name} needs a value.");
            if (name.Contains(':', StringComparison.Ordinal) || name is "urls" or "Environment")
            {
                parsed.Settings.Add($"--{name}={value}");
            }
            else
            {
                parsed._options.Add((name, value));
            }
        }

        return parsed;
    }

    public bool Has(string name) => _options.Any(o => o.Name == name);

    /// <summary>The last value given, or null.</summary>
    public string? Value(string name) => _options.LastOrDefault(o => o.Name == name).Value;

    /// <summary>Every value given for a name that may be repeated.</summary>
    public IEnumerable<string> Values(string name) => _options.Where(o => o.Name == name).Select(o => o.Value);

    /// <summary>The value; a <see cref="UsageException"/> when it is missing.</summary>
    public string Required(string name) => Value(name) is { Length: > 0 } value ? value : throw new UsageException($"--{name} is missing.");

    /// <summary>A <see cref="UsageException"/> that names every one of them that is missing.</summary>
    public void Require(params string[] names)
    {
        if (names.Where(n => string.IsNullOrWhiteSpace(Value(n))).Select(n => "--" + n).ToArray() is { Length: > 0 } missing)
        {
            throw new UsageException($"{string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} missing.");
        }
    }

    /// <summary>A misspelt option is an error, never ignored: a <see cref="UsageException"/> that names what is not in the usage line.</summary>
    public void AllowOnly(string usage)
    {
        var known = OptionName().Matches(usage).Select(m => m.Groups[1].Value).Concat(["data", "json", "help"]);
        if (_options.Select(o => o.Name).Except(known).Select(n => "--" + n).ToArray() is { Length: > 0 } unknown)
        {
            throw new UsageException($"There is no option {string.Join(", ", unknown)} here.");
        }
    }

    [GeneratedRegex("--([a-z-]+)", RegexOptions.NonBacktracking)]
    private static partial Regex OptionName();
}
