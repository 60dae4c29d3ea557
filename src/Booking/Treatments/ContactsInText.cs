using Booking.Customers;
using CareRecords.Database;
using CareRecords.Terminology;
using CareRecords.Treatments;
using Microsoft.EntityFrameworkCore;

namespace Booking.Treatments;

/// <summary>
/// Which contacts of a person under turvakielto stand in a text that is about to be signed: no machine masks free text, so its writer is asked. Only the
/// kinds are told, never the values.
/// </summary>
internal sealed class ContactsInText(UnitOfWork work, CustomerCards cards, People people, CodeTables codes)
{
    private const string Municipalities = "1.2.246.537.6.21.2003";
    private const int ShortestWord = 4;
    private const int ShortestNumber = 6;

    private static readonly char[] AddressParts = [',', ';', '\n'];

    /// <summary>Kinds (address, phone, email, municipality) for each text, in its order; empty where the person has no turvakielto.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> FindAsync(string patientId, IReadOnlyList<string> texts, CancellationToken cancel)
    {
        if (await people.FindAsync(work, patientId, cancel) is not { NonDisclosure: true } person || !Guid.TryParse(patientId, out var id))
        {
            return [.. texts.Select(_ => (IReadOnlyList<string>)[])];
        }

        await using var db = await BookingContext.OnAsync(work, cancel);
        var card = await db.Customers.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, cancel) is { } row ? (await cards.ReadWithContactsAsync(row, cancel)).Details : null;
        var municipality = person.HomeMunicipality is { } code
            ? (await codes.GetAsync(cancel)).Codes(Municipalities)?.FirstOrDefault(c => c.Code == code) is { } known ? new[] { known.Fi, known.Sv } : [] : [];
        return [.. texts.Select(text => Kinds(text, card?.Address, card?.Phone, card?.Email, municipality))];
    }

    /// <summary>Pure. Street names and municipalities are found inflected too, numbers however they are grouped.</summary>
    internal static IReadOnlyList<string> Kinds(string text, string? address, string? phone, string? email, IEnumerable<string?> municipality)
    {
        var kinds = new List<string>();
        if ((address ?? "").Split(AddressParts).Select(Name).Any(name => name.Length >= ShortestWord && HasWord(text, name)))
        {
            kinds.Add("address");
        }

        if (Digits(phone ?? "") is { Length: >= ShortestNumber } number && Digits(text).Contains(number, StringComparison.Ordinal))
        {
            kinds.Add("phone");
        }

        if (email is { Length: > 0 } && text.Contains(email, StringComparison.OrdinalIgnoreCase))
        {
            kinds.Add("email");
        }

        if (municipality.Any(name => name is { Length: >= ShortestWord } && HasWord(text, Stem(name))))
        {
            kinds.Add("municipality");
        }

        return kinds;
    }

    // Of "Piilopolku 3 A 5" the street's name, of "00100 Helsinki" the town's: their beginnings, since Finnish inflects the ends.
    private static string Name(string part)
    {
        var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(word => !char.IsAsciiDigit(word[0]) && word.Length > 1).ToList();
        return words.Count == 0 ? "" : Stem(string.Join(' ', words));
    }

    private static string Stem(string name) => name.Length > ShortestWord + 1 ? name[..Math.Max(ShortestWord + 1, name.Length - 2)] : name;

    private static bool HasWord(string text, string beginning)
    {
        for (var at = text.IndexOf(beginning, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(beginning, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if (at == 0 || !char.IsLetterOrDigit(text[at - 1]))
            {
                return true;
            }
        }

        return false;
    }

    // The national number without its leading zero or country code.
    private static string Digits(string text)
    {
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        return digits.StartsWith("00358", StringComparison.Ordinal) ? digits[5..] : digits.StartsWith("358", StringComparison.Ordinal) ? digits[3..] : digits.TrimStart('0');
    }
}
