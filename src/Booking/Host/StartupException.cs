namespace Booking.Host;

/// <summary>The program cannot start, and the message says to its operator what to change. Shown without a stack trace; exit code 2.</summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
