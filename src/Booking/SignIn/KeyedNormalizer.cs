using CareRecords.Protection;
using Microsoft.AspNetCore.Identity;

namespace Booking.SignIn;

/// <summary>What Identity looks accounts up by: a keyed hash of the address, so that a stolen database names nobody.</summary>
internal sealed class KeyedNormalizer(MasterKeys keys) : ILookupNormalizer
{
    public string? NormalizeName(string? name) => name?.ToUpperInvariant();

    public string? NormalizeEmail(string? email) => email is null ? null : Convert.ToHexStringLower(EmailKey(email));

    public byte[] EmailKey(string email) => keys.BlindIndex("account-email", email.Trim().Normalize().ToUpperInvariant());
}
