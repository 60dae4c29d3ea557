namespace KantaConnector.Queue;

/// <summary>
/// Named places at which a test may stop a worker for good, as if the process had died there; in the product nobody listens.
/// </summary>
internal sealed class CrashPoints
{
    /// <summary>Throws, or blocks for ever, to play dead.</summary>
    public Func<string, ValueTask>? Reached { get; set; }

    public ValueTask At(string point) => Reached?.Invoke(point) ?? ValueTask.CompletedTask;
}

/// <summary>Thrown by a test's crash point: no handler of ours may catch it, as none could catch a power cut.</summary>
internal sealed class CrashedException(string point) : Exception($"crashed at {point}");
