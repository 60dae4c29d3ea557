using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KantaSimulator.Ledger;

/// <summary>Reads a ledger file from its beginning, line by line.</summary>
internal static class LedgerReader
{
    /// <summary>Calls <paramref name="line"/> for each sound line; returns how many bytes of an incomplete last line follow.</summary>
    /// <exception cref="LedgerException">A line that is damaged and not the last.</exception>
    public static long Read(Stream file, Action<LedgerEntry, long, int, string> line)
    {
        file.Seek(0, SeekOrigin.Begin);
        long number = 0, offset = 0;
        var buffer = new MemoryStream();
        var block = new byte[1 << 16];
        int count;
        while ((count = file.Read(block)) > 0)
        {
            var rest = block.AsSpan(0, count);
            int newline;
            while ((newline = rest.IndexOf((byte)'\n')) >= 0)
            {
                buffer.Write(rest[..newline]);
                rest = rest[(newline + 1)..];
                number++;
                var length = (int)buffer.Length;
                if (Parse(buffer.GetBuffer().AsSpan(0, length)) is not var (entry, jsonLength, hash))
                {
                    // A crash can tear the last line only; nothing may follow it.
                    if (rest.Length == 0 && file.Position == file.Length)
                        return length + 1;
                    throw new LedgerException($"ledger line {number} is damaged");
                }

                line(entry, offset, jsonLength, hash);
                offset += length + 1;
                buffer.SetLength(0);
            }

            buffer.Write(rest);
        }

        return buffer.Length;
    }

    private static (LedgerEntry Entry, int Length, string Hash)? Parse(ReadOnlySpan<byte> line)
    {
        var tab = line.LastIndexOf((byte)'\t');
        if (tab < 0)
            return null;
        var hash = Convert.ToHexStringLower(SHA256.HashData(line[..tab]));
        if (!line[(tab + 1)..].SequenceEqual(Encoding.ASCII.GetBytes(hash)))
            return null;
        return (JsonSerializer.Deserialize<LedgerEntry>(line[..tab], LedgerEntry.Json)!, tab, hash);
    }
}
