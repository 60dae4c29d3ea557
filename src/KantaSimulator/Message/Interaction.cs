using KantaSimulator.Hosting;

namespace KantaSimulator.Message;

internal enum InteractionKind { ArchiveNew, ArchiveReplacement, Query, Fetch, Invalidate }

/// <summary>A message type: root element, trigger event and what it asks for.</summary>
internal sealed record Interaction(string Name, string Trigger, InteractionKind Kind)
{
    public bool IsArchiving => Kind is InteractionKind.ArchiveNew or InteractionKind.ArchiveReplacement;

    /// <summary>The two public interactions, and the three whose names are settings because Kanta's own are not public.</summary>
    public static Interaction? Find(string name, SimulatorOptions options) => name switch
    {
        "RCMR_IN100002FI01" => new(name, "RCMR_TE000102UV01", InteractionKind.ArchiveNew),
        "RCMR_IN100016FI01" => new(name, "RCMR_TE000910UV01", InteractionKind.ArchiveReplacement),
        _ when name == options.QueryInteraction => new(name, "SIM_TE_QUERY", InteractionKind.Query),
        _ when name == options.FetchInteraction => new(name, "SIM_TE_FETCH", InteractionKind.Fetch),
        _ when name == options.InvalidateInteraction => new(name, "SIM_TE_INVALIDATE", InteractionKind.Invalidate),
        _ => null,
    };
}
