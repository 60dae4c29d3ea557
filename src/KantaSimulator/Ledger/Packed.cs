using System.IO.Compression;

namespace KantaSimulator.Ledger;

/// <summary>Gzip and base64, as raw requests stand in the ledger.</summary>
internal static class Packed
{
    public static string Pack(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return Convert.ToBase64String(output.GetBuffer(), 0, (int)output.Length);
    }

    public static byte[] Unpack(string packed)
    {
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(packed)), CompressionMode.Decompress);
        using var output = new MemoryStream();
        gzip.CopyTo(output);
        return output.ToArray();
    }
}
