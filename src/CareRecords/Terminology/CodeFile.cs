using System.Globalization;
using System.Text;

namespace CareRecords.Terminology;

/// <summary>A code as a file states it; names are in the file's one language.</summary>
public sealed record CodeLine(string Code, string ShortName, string? LongName, string? Parent, DateOnly? ValidFrom, DateOnly? ValidUntil);

/// <summary>A file that cannot be imported: every fault with its line, so that it can be mended at once.</summary>
public sealed class CodeFileException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}

/// <summary>
/// Reads a code set as the national code server exports it: a table of text with a header line, separated by tabs, semicolons or commas, in UTF-8,
/// fields quoted as in RFC 4180. Columns are found by their names, in any order; what is not known is left alone. docs/operations.md lists the names.
/// </summary>
public static class CodeFile
{
    private const int MostFaults = 20;

    private static readonly Dictionary<string, string[]> Columns = new()
    {
        ["code"] = ["codeid", "code", "koodi", "tunnus", "kod"],
        ["short"] = ["shortname", "abbreviation", "lyhenne", "lyhytnimi", "nimi", "name", "kortnamn"],
        ["long"] = ["longname", "pitkänimi", "description", "långtnamn"],
        ["parent"] = ["parentid", "parent", "hierarkia", "yläkoodi", "ylätaso"],
        ["from"] = ["begindate", "beginningdate", "begin", "voimassaoloalkaa", "alkupvm", "validfrom"],
        ["until"] = ["expiringdate", "expirationdate", "expirydate", "enddate", "voimassaolopäättyy", "loppupvm", "validuntil"],
    };

    private static readonly string[] Dates = ["yyyy-MM-dd", "d.M.yyyy", "yyyyMMdd", "yyyy-MM-dd'T'HH:mm:ss", "d.M.yyyy H:mm:ss", "yyyy-MM-dd HH:mm:ss"];

    /// <exception cref="CodeFileException">Nothing of the file may be used.</exception>
    public static IReadOnlyList<CodeLine> Read(byte[] bytes)
    {
        var text = Decode(bytes);
        var lines = Split(text);
        if (lines.Count < 2)
        {
            throw new CodeFileException(["The file has no header line with a line of codes beneath it."]);
        }
        var places = Places(lines[0].Fields);
        var faults = new List<string>();
        var codes = new List<CodeLine>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (number, fields) in lines.Skip(1))
        {
            if (Line(number, fields, places, faults) is not { } line)
            {
                continue;
            }
            if (seen.Add(line.Code))
            {
                codes.Add(line);
            }
            else
            {
                faults.Add($"Line {number}: code {line.Code} stands in the file twice.");
            }
        }
        return faults.Count == 0 ? codes : throw new CodeFileException([.. faults.Take(MostFaults), .. faults.Count > MostFaults ? new[] { $"and {faults.Count - MostFaults} more faults" } : []]);

        CodeLine? Line(int number, string[] fields, Dictionary<string, int> at, List<string> bad)
        {
            string? Field(string name) => at.TryGetValue(name, out var place) && place < fields.Length && fields[place].Trim() is { Length: > 0 } value ? value : null;
            if (Field("code") is not { } code || Field("short") is not { } shortName)
            {
                bad.Add($"Line {number}: code or short name is empty.");
                return null;
            }
            if (code.Any(char.IsWhiteSpace) || code.Length > 100 || shortName.Length > 1000 || Field("long")?.Length > 10_000)
            {
                bad.Add($"Line {number}: the code holds spaces, or a field is too long (100, 1000 and 10 000 characters).");
                return null;
            }
            var (from, until) = (Date(Field("from")), Date(Field("until")));
            if (from.Wrong || until.Wrong || until.Value < from.Value)
            {
                bad.Add($"Line {number}: a date is not written like 2026-01-31 or 31.1.2026, or the end lies before the beginning.");
                return null;
            }
            return new CodeLine(code, shortName, Field("long"), Field("parent"), from.Value, until.Value);
        }
    }

    private static string Decode(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new CodeFileException(["The file is not in UTF-8. Save it as UTF-8 and import it again."]);
        }
    }

    private static Dictionary<string, int> Places(string[] header)
    {
        var names = header.Select(name => new string([.. name.ToLowerInvariant().Where(char.IsLetter)])).ToArray();
        var places = new Dictionary<string, int>();
        foreach (var (column, known) in Columns)
        {
            if (known.Select(name => Array.IndexOf(names, name)).FirstOrDefault(at => at >= 0, -1) is var at and >= 0)
            {
                places[column] = at;
            }
        }
        return places.ContainsKey("code") && places.ContainsKey("short") ? places
            : throw new CodeFileException([$"The header line names no code (CodeId) or no short name (ShortName). It says: {string.Join(", ", header).Trim()}."]);
    }

    private static (DateOnly? Value, bool Wrong) Date(string? text) =>
        text is null ? (null, false)
        : DateTime.TryParseExact(text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? (DateOnly.FromDateTime(date), false)
        : (null, true);

    private static List<(int Number, string[] Fields)> Split(string text)
    {
        var header = text.AsSpan(0, text.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? end : text.Length);
        var separator = header.Contains('\t') ? '\t' : header.Contains(';') ? ';' : ',';
        var lines = new List<(int, string[])>();
        var fields = new List<string>();
        var field = new StringBuilder();
        var (quoted, line, began) = (false, 1, 1);
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            if (quoted && i < text.Length)
            {
                if (c != '"')
                {
                    field.Append(c);
                    line += c == '\n' ? 1 : 0;
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (quoted)
            {
                throw new CodeFileException([$"Line {began}: a quotation mark is never closed."]);
            }
            else if (c == '"' && field.Length == 0)
            {
                quoted = true;
            }
            else if (c == separator || c == '\n')
            {
                fields.Add(field.ToString());
                field.Clear();
                if (c == '\n')
                {
                    if (fields.Any(value => value.Trim().Length > 0))
                    {
                        lines.Add((began, [.. fields]));
                    }
                    fields.Clear();
                    began = ++line;
                }
            }
            else if (c != '\r')
            {
                field.Append(c);
            }
        }
        return lines;
    }
}
