using System.Text.Json;

namespace CareRecords.Rest;

/// <summary>Type and id of a body without reading the rest; null where they are missing or the text is no JSON, which the store reports with its place.</summary>
internal readonly record struct ResourceHead(string? Type, string? Id)
{
    internal static ResourceHead Of(ReadOnlySpan<byte> json)
    {
        string? type = null, id = null;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 128 });
            reader.Read();
            while ((type is null || id is null) && reader.Read() && reader is { TokenType: JsonTokenType.PropertyName })
            {
                var (isType, isId) = (reader.ValueTextEquals("resourceType"u8), reader.ValueTextEquals("id"u8));
                reader.Read();
                if ((isType || isId) && reader.TokenType == JsonTokenType.String)
                {
                    (type, id) = isType ? (reader.GetString(), id) : (type, reader.GetString());
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }

        return new ResourceHead(type, id);
    }
}
