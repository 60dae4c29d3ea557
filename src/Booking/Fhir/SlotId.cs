using System.Globalization;
using System.Numerics;

namespace Booking.Fhir;

/// <summary>A free time's id says what it is: service, practitioner and start. It needs no row, and means the same for everybody.</summary>
internal readonly record struct SlotId(Guid Service, Guid Practitioner, DateTime Start)
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int GuidLength = 25;

    /// <summary>Null when the text is no id of a time.</summary>
    internal static SlotId? Parse(string text) =>
        text.Split('.') is [var service, var practitioner, var minutes] && Id(service) is { } s && Id(practitioner) is { } p
            && int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var start) && $"{start}" == minutes
            ? new SlotId(s, p, DateTime.UnixEpoch.AddMinutes(start)) : null;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Text(Service)}.{Text(Practitioner)}.{(long)(Start - DateTime.UnixEpoch).TotalMinutes}");

    private static string Text(Guid id)
    {
        var rest = new BigInteger(id.ToByteArray(bigEndian: true), isUnsigned: true, isBigEndian: true);
        var digits = new char[GuidLength];
        for (var i = GuidLength - 1; i >= 0; i--)
        {
            digits[i] = Digits[(int)(rest % 36)];
            rest /= 36;
        }

        return new string(digits);
    }

    private static Guid? Id(string text)
    {
        if (text.Length != GuidLength)
        {
            return null;
        }

        var number = BigInteger.Zero;
        foreach (var c in text)
        {
            if (Digits.IndexOf(c, StringComparison.Ordinal) is >= 0 and var digit)
            {
                number = (number * 36) + digit;
                continue;
            }

            return null;
        }

        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return bytes.Length > 16 ? null : new Guid([.. new byte[16 - bytes.Length], .. bytes], bigEndian: true);
    }
}
