using System.Security.Cryptography;
using System.Text;
using CareRecords.Protection;

namespace Booking.Appointments;

/// <summary>
/// The secret in a customer's link to her booking: 192 bits, derived from the appointment's id under the installation's keys, so that a later mail can
/// name it again although only its hash is stored. In lower-case hexadecimal: addresses that our pages generate are in lower case.
/// </summary>
internal sealed class AppointmentLinks(MasterKeys keys)
{
    public string Token(Guid appointmentId) =>
        Convert.ToHexStringLower(keys.BlindIndex("appointment-link", appointmentId.ToString()).AsSpan(0, 24));

    /// <summary>What is stored and looked up.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token.ToLowerInvariant()));
}
