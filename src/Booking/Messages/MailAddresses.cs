using System.Net.Mail;

namespace Booking.Messages;

/// <summary>What we accept as an e-mail address.</summary>
public static class MailAddresses
{
    /// <summary>RFC 5321, 4.5.3.1.3: a path has at most 256 octets with its brackets.</summary>
    public const int LongestAddress = 254;

    /// <summary>One bare address with a dotted domain, without display name, comment or control character.</summary>
    public static bool IsUsable(string? address) =>
        address is { Length: > 5 and <= LongestAddress }
        && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && MailAddress.TryCreate(address, out var parsed)
        && parsed.Address == address
        && parsed.Host.Contains('.', StringComparison.Ordinal)
        && !parsed.Host.StartsWith('.')
        && !parsed.Host.EndsWith('.');
}
