using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Booking.SignIn;

/// <summary>Time-based one-time passwords, RFC 6238: SHA-1, 30 seconds, six digits, as authenticator programs expect.</summary>
public static class Totp
{
    const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>160 random bits in base 32.</summary>
    public static string NewKey() => RandomNumberGenerator.GetString(Alphabet, 32);

    public static long StepAt(DateTimeOffset instant) => instant.ToUnixTimeSeconds() / 30;

    /// <summary>The six digits of a time step.</summary>
    public static string Code(string key, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // RFC 6238 as every authenticator program implements it; HMAC does not need collision resistance.
        HMACSHA1.HashData(Bytes(key), counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[19] & 15)..]) & 0x7fffffff;
        return (number % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code it is, no older than one step (clocks differ) and newer than the last used one; null when it is none.</summary>
    public static long? Accept(string key, string code, DateTimeOffset now, long lastUsed)
    {
        var typed = Encoding.ASCII.GetBytes(new string([.. code.Where(char.IsAsciiDigit)]));
        long? accepted = null;
        for (var step = StepAt(now) - 1; step <= StepAt(now) + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(typed, Encoding.ASCII.GetBytes(Code(key, step))) && step > lastUsed)
            {
                accepted = step;
            }
        }
        return accepted;
    }

    /// <summary>The otpauth address that a QR code carries.</summary>
    public static string Address(string issuer, string account, string key) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(account)}?secret={key}&issuer={Uri.EscapeDataString(issuer)}";

    static byte[] Bytes(string key)
    {
        var bytes = new byte[key.Length * 5 / 8];
        var (buffer, bits, at) = (0, 0, 0);
        foreach (var letter in key)
        {
            buffer = ((buffer << 5) | Alphabet.IndexOf(letter)) & 0xfff;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes[at++] = (byte)(buffer >> bits);
            }
        }
        return bytes;
    }
}
