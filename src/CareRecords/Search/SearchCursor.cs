using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CareRecords.Protection;

namespace CareRecords.Search;

/// <summary>Where a page begins: the sort values of a match, its key last. It holds no rights; each page is filtered anew.</summary>
/// <param name="Backwards">The page ends before that match instead of beginning after it.</param>
internal sealed record SearchCursor(bool Backwards, IReadOnlyList<object> Values)
{
    internal string Write()
    {
        var texts = Values.Take(Values.Count - 1).Select(v => v switch
        {
            DateTime at => at.Ticks.ToString(CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => (string)v,
        });
        return string.Join('\0', texts.Prepend(Backwards ? "<" : ">").Append(((long)Values[^1]).ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Null when this is no cursor of a search with these sort keys.</summary>
    internal static SearchCursor? Parse(string text, IReadOnlyList<SortKey> sort)
    {
        var parts = text.Split('\0');
        if (parts.Length != sort.Count + 2 || !long.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var key))
        {
            return null;
        }

        var values = sort.Select((s, i) => Value(parts[i + 1], s)).ToList();
        return values.Contains(null) ? null : new SearchCursor(parts[0] == "<", [.. values.OfType<object>(), key]);
    }

    private static object? Value(string text, SortKey key) => key.Index.Code == "_id" || key.Index.Type is "string" or "uri" or "reference" ? text
        : key.Index.Type == "date"
            ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks ? new DateTime(ticks, DateTimeKind.Utc) : null
            : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>
/// Page links: sealed, since a cursor holds values of records, and bound to the caller and the search that they were made for, so that nobody else's
/// link and no changed one leads anywhere.
/// </summary>
internal sealed class PageLinks(MasterKeys master)
{
    private const int Shortest = 12 + 16;
    private readonly byte[] _key = master.BlindIndex("search-page", "key 1");

    internal string Seal(string cursor, string caller, string search) =>
        Base64Url.EncodeToString(Aead.Seal(_key, Encoding.UTF8.GetBytes(cursor), Associated(caller, search)));

    /// <summary>Null when the link was not made for this caller and search.</summary>
    internal string? Open(string page, string caller, string search)
    {
        if (!Base64Url.IsValid(page) || Base64Url.DecodeFromChars(page) is not { Length: > Shortest } sealedCursor)
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(Aead.Open(_key, sealedCursor, Associated(caller, search)));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Associated(string caller, string search) => Encoding.UTF8.GetBytes($"{caller}\n{search}");
}
