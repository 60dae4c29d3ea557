using System.Text;

namespace CareRecords.Rest;

internal static class Links
{
    /// <summary>An address with its parameters escaped, in their order.</summary>
    internal static string Address(string path, IEnumerable<KeyValuePair<string, string>> query)
    {
        var address = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in query)
        {
            address.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return address.ToString();
    }
}
