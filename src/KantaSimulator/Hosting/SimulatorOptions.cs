using System.Net;
using KantaSimulator.Rules;

namespace KantaSimulator.Hosting;

/// <summary>What the simulator was started with; docs/simulator-wire.md section 1 is its reference.</summary>
internal sealed record SimulatorOptions
{
    public string Data { get; init; } = "./simulator-data";
    public int MtlsPort { get; init; }
    public int WebPort { get; init; }
    public IPAddress Bind { get; init; } = IPAddress.Loopback;
    public string? ServerCert { get; init; }
    public string? ServerKey { get; init; }
    public string? ServerCertPassword { get; init; }
    public string? ClientCa { get; init; }
    public string? DevCerts { get; init; }
    public string Party { get; init; } = "1.2.246.556.18007.2";
    public Leniency Leniency { get; init; } = Leniency.None;
    public bool OrderRule { get; init; } = true;
    public bool DuplicateIsAccepted { get; init; }
    public bool RequireSoapAction { get; init; }
    public IReadOnlyCollection<string> SoapActions { get; init; } = [];
    public bool RefuseClientInHandshake { get; init; }
    public int MaxDocuments { get; init; }
    public IReadOnlyCollection<string> AllowedSenders { get; init; } = [];
    public IReadOnlyCollection<string> AllowedProviders { get; init; } = [];
    public IReadOnlyCollection<string> ServiceRequests { get; init; } = ["PP1"];
    public IReadOnlyCollection<string> ProcessingCodes { get; init; } = ["D", "T"];
    public string QueryInteraction { get; init; } = "SIM_IN_QUERY";
    public string FetchInteraction { get; init; } = "SIM_IN_FETCH";
    public string InvalidateInteraction { get; init; } = "SIM_IN_INVALIDATE";
    public IReadOnlyList<string> Faults { get; init; } = [];
    public bool RequireBundleSignature { get; init; }
    public bool ThrowAway { get; init; }
}
