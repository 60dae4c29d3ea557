using System.Buffers;
using System.Text.Json;
using CareRecords.Store;

namespace CareRecords.Rest;

/// <summary>Writes a Bundle around stored bytes without parsing them. Links come before entries.</summary>
internal sealed class BundleWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _json;
    private bool _inLinks;
    private bool _inEntries;

    /// <param name="type">history, searchset, batch-response, transaction-response, document.</param>
    internal BundleWriter(string type, long? total)
    {
        _json = new Utf8JsonWriter(_buffer, FhirJsonText.Options with { SkipValidation = true });
        _json.WriteStartObject();
        _json.WriteString("resourceType", "Bundle");
        _json.WriteString("type", type);
        if (total is { } number)
        {
            _json.WriteNumber("total", number);
        }
    }

    internal void Link(string relation, string url)
    {
        if (!_inLinks)
        {
            _json.WriteStartArray("link");
            _inLinks = true;
        }

        _json.WriteStartObject();
        _json.WriteString("relation", relation);
        _json.WriteString("url", url);
        _json.WriteEndObject();
    }

    /// <param name="mode">match, include or outcome.</param>
    internal void SearchEntry(string? fullUrl, ReadOnlySpan<byte> resource, string mode)
    {
        BeginEntry(fullUrl);
        Resource(resource);
        _json.WriteStartObject("search");
        _json.WriteString("mode", mode);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    internal void HistoryEntry(string baseUrl, StoredResource version)
    {
        BeginEntry($"{baseUrl}/{version.Type}/{version.Id}");
        if (version.Json is { } json)
        {
            Resource(json);
        }

        _json.WriteStartObject("request");
        _json.WriteString("method", version.Method);
        _json.WriteString("url", version.Method == "POST" ? version.Type : $"{version.Type}/{version.Id}");
        _json.WriteEndObject();
        _json.WriteStartObject("response");
        // A PUT that begins a record has created it, as its answer said.
        _json.WriteString("status", version.Method switch { "DELETE" => "204", "POST" => "201", _ => version.Version == 1 ? "201" : "200" });
        _json.WriteString("etag", $"W/\"{version.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)}\"");
        _json.WriteString("lastModified", ResourceBytes.Instant(version.LastUpdated));
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>An entry of a batch or transaction response.</summary>
    internal void ResponseEntry(FhirAnswer answer)
    {
        var isOutcome = answer.Status >= 400 || answer.IsOutcome;
        var shows = !answer.Body.IsEmpty && !isOutcome;
        // The address of the resource, without the version that Location names.
        BeginEntry(shows && answer.Location?.IndexOf("/_history/", StringComparison.Ordinal) is > 0 and var end ? answer.Location[..end] : null);
        if (shows)
        {
            Resource(answer.Body.Span);
        }

        _json.WriteStartObject("response");
        _json.WriteString("status", answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (answer.Location is { } location)
        {
            _json.WriteString("location", location);
        }

        if (answer.ETag is { } tag)
        {
            _json.WriteString("etag", tag);
        }

        if (answer.LastModified is { } modified)
        {
            _json.WriteString("lastModified", ResourceBytes.Instant(modified));
        }

        if (!answer.Body.IsEmpty && isOutcome)
        {
            _json.WritePropertyName("outcome");
            _json.WriteRawValue(answer.Body.Span, skipInputValidation: true);
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    internal ReadOnlyMemory<byte> Finish()
    {
        if (_inEntries || _inLinks)
        {
            _json.WriteEndArray();
        }

        _json.WriteEndObject();
        _json.Flush();
        _json.Dispose();
        return _buffer.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    private void BeginEntry(string? fullUrl)
    {
        if (!_inEntries)
        {
            if (_inLinks)
            {
                _json.WriteEndArray();
            }

            _json.WriteStartArray("entry");
            _inEntries = true;
        }

        _json.WriteStartObject();
        if (fullUrl is not null)
        {
            _json.WriteString("fullUrl", fullUrl);
        }
    }

    private void Resource(ReadOnlySpan<byte> json)
    {
        _json.WritePropertyName("resource");
        _json.WriteRawValue(json, skipInputValidation: true);
    }
}
