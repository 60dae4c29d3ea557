using System.Collections;
using System.Globalization;
using System.Net;
using KantaSimulator.Rules;

namespace KantaSimulator.Hosting;

/// <summary>A start option that cannot be used; the message is meant for the person who typed it.</summary>
internal sealed class OptionException(string message) : Exception(message);

/// <summary>Reads options from the command line (<c>--name value</c>, <c>--name=value</c>) and the environment (<c>Simulator__Name</c>); the command line wins.</summary>
internal static class OptionsReader
{
    private static readonly string[] Flags = [.. StartOptions.All.Where(o => o.Value is null).Select(o => o.Name)];

    private static readonly string[] Names = [.. StartOptions.All.Where(o => o.Value is not null).Select(o => o.Name)];

    /// <exception cref="OptionException">Unknown name, missing or unusable value.</exception>
    public static SimulatorOptions Read(IReadOnlyList<string> args, IDictionary environment)
    {
        var given = FromEnvironment(environment);
        foreach (var group in FromArguments(args).GroupBy(p => p.Name))
            given[group.Key] = [.. group.Select(p => p.Value)];
        var defaults = new SimulatorOptions();
        try
        {
            return new SimulatorOptions
            {
                Data = One("data") ?? defaults.Data,
                MtlsPort = Port("mtls-port"),
                WebPort = Port("web-port"),
                Bind = One("bind") is { } bind ? IPAddress.Parse(bind) : defaults.Bind,
                ServerCert = One("server-cert"),
                ServerKey = One("server-key"),
                ServerCertPassword = One("server-cert-password"),
                ClientCa = One("client-ca"),
                DevCerts = One("dev-certs")
                    ?? (One("server-cert") is null || One("client-ca") is null ? Path.Combine(One("data") ?? defaults.Data, "certs") : null),
                Party = One("party") ?? defaults.Party,
                Leniency = Leniency.Parse(One("tolerate") ?? "", One("strict-time") is not null),
                OrderRule = Choice("order-rule", "on", "off") == "on",
                DuplicateIsAccepted = Choice("duplicate-same", "AE", "AA") == "AA",
                RequireSoapAction = One("require-soap-action") is not null,
                SoapActions = All("soap-action") ?? [],
                RefuseClientInHandshake = Choice("client-refusal", "http", "tls") == "tls",
                MaxDocuments = int.Parse(One("max-documents") ?? "0", CultureInfo.InvariantCulture),
                AllowedSenders = All("allow-sender") ?? [],
                AllowedProviders = All("allow-provider") ?? [],
                ServiceRequests = All("service-request") ?? defaults.ServiceRequests,
                QueryInteraction = One("query-interaction") ?? defaults.QueryInteraction,
                FetchInteraction = One("fetch-interaction") ?? defaults.FetchInteraction,
                InvalidateInteraction = One("invalidate-interaction") ?? defaults.InvalidateInteraction,
                Faults = All("fault") ?? [],
                RequireBundleSignature = One("require-bundle-signature") is not null,
                ThrowAway = One("throw-away") is not null,
            };
        }
        catch (FormatException e)
        {
            throw new OptionException(e.Message);
        }

        string? One(string name) => given.GetValueOrDefault(name)?[^1];
        string[]? All(string name) => given.GetValueOrDefault(name);

        int Port(string name) => int.TryParse(One(name) ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port : throw new OptionException($"--{name}: a number from 0 to 65535 is expected");

        string Choice(string name, string first, string second) => One(name) is not { } value || value == first ? first
            : value == second ? second : throw new OptionException($"--{name}: {first} or {second} is expected, not '{value}'");
    }

    private static Dictionary<string, string[]> FromEnvironment(IDictionary environment)
    {
        var given = new Dictionary<string, string[]>();
        foreach (DictionaryEntry variable in environment)
            if (variable is { Key: string key, Value: string { Length: > 0 } value } && key.StartsWith("Simulator__", StringComparison.OrdinalIgnoreCase)
                && Names.Concat(Flags).FirstOrDefault(n => n.Replace("-", "", StringComparison.Ordinal).Equals(key[11..], StringComparison.OrdinalIgnoreCase)) is { } name
                && !(Flags.Contains(name) && value.Equals("false", StringComparison.OrdinalIgnoreCase)))
                given[name] = [value];
        return given;
    }

    private static IEnumerable<(string Name, string Value)> FromArguments(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                throw new OptionException($"'{args[i]}' is not an option");
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals > 0 ? args[i][2..equals] : args[i][2..];
            if (Flags.Contains(name))
                yield return (name, "true");
            else if (!Names.Contains(name))
                throw new OptionException($"unknown option --{name}; known: {string.Join(", ", Names.Concat(Flags).Order().Select(n => "--" + n))}; --help says what they do");
            else if (equals > 0)
                yield return (name, args[i][(equals + 1)..]);
            else if (i + 1 < args.Count)
                yield return (name, args[++i]);
            else
                throw new OptionException($"--{name} needs a value");
        }
    }
}
