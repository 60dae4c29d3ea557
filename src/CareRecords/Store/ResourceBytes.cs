using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace CareRecords.Store;

/// <summary>Works on a resource's bytes without a tree: values keep their exact text.</summary>
internal static class ResourceBytes
{
    private const byte Plain = 0;
    private const byte Brotli = 1;
    private const int CompressFrom = 700;

    /// <summary>The instant as FHIR writes it, to the millisecond, UTC.</summary>
    internal static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The resource without white space, with resourceType, id and meta in front and versionId and lastUpdated set.</summary>
    /// <param name="json">Valid FHIR JSON of one resource.</param>
    internal static byte[] Stamp(ReadOnlySpan<byte> json, string type, string id, int version, DateTimeOffset lastUpdated)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 160);
        var meta = default(Range?);
        var others = new List<Range>(16);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isMeta = reader.ValueTextEquals("meta"u8);
            var skip = reader.ValueTextEquals("resourceType"u8) || reader.ValueTextEquals("id"u8);
            reader.Read();
            var valueStart = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (isMeta)
            {
                meta = valueStart..end;
            }
            else if (!skip)
            {
                others.Add(start..end);
            }
        }

        Text(output, $"{{\"resourceType\":\"{type}\",\"id\":\"{id}\",\"meta\":{{\"versionId\":\"{version.ToString(CultureInfo.InvariantCulture)}\",\"lastUpdated\":\"{Instant(lastUpdated)}\"");
        if (meta is { } kept)
        {
            CopyMeta(json[kept], output);
        }

        output.Write("}"u8);
        foreach (var other in others)
        {
            output.Write(","u8);
            Minified(json[other], output);
        }

        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>As kept at rest: a byte for the form, then the bytes, compressed when that is worth it.</summary>
    internal static byte[] Pack(ReadOnlySpan<byte> json)
    {
        if (json.Length >= CompressFrom)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(json.Length));
            try
            {
                if (BrotliEncoder.TryCompress(json, buffer, out var written, quality: 1, window: 18) && written < json.Length)
                {
                    var packed = new byte[written + 1];
                    packed[0] = Brotli;
                    buffer.AsSpan(0, written).CopyTo(packed.AsSpan(1));
                    return packed;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            }
        }

        var plain = new byte[json.Length + 1];
        plain[0] = Plain;
        json.CopyTo(plain.AsSpan(1));
        return plain;
    }

    internal static byte[] Unpack(byte[] packed)
    {
        switch (packed[0])
        {
            case Plain:
                return packed[1..];
            case Brotli:
                using (var from = new MemoryStream(packed, 1, packed.Length - 1))
                using (var brotli = new BrotliStream(from, CompressionMode.Decompress))
                {
                    var to = new MemoryStream(packed.Length * 6);
                    brotli.CopyTo(to);
                    return to.ToArray();
                }

            default:
                throw new InvalidDataException($"A stored body has the unknown form {packed[0]}.");
        }
    }

    private static void CopyMeta(ReadOnlySpan<byte> meta, ArrayBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(meta, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            // "_lastUpdated" and "_versionId" would extend values that are not the client's to set.
            var ours = reader.ValueTextEquals("versionId"u8) || reader.ValueTextEquals("lastUpdated"u8)
                || reader.ValueTextEquals("_versionId"u8) || reader.ValueTextEquals("_lastUpdated"u8);
            reader.Read();
            reader.Skip();
            if (!ours)
            {
                output.Write(","u8);
                Minified(meta[start..(int)reader.BytesConsumed], output);
            }
        }
    }

    private static void Minified(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> output)
    {
        var to = output.GetSpan(json.Length);
        var (written, inText) = (0, false);
        for (var i = 0; i < json.Length; i++)
        {
            var b = json[i];
            if (inText)
            {
                to[written++] = b;
                if (b == '\\')
                {
                    to[written++] = json[++i];
                }
                else if (b == '"')
                {
                    inText = false;
                }
            }
            else if (b is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                to[written++] = b;
                inText = b == '"';
            }
        }

        output.Advance(written);
    }

    private static void Text(ArrayBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
