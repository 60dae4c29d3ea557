using System.Text.Json;

namespace Booking.Texts;

/// <summary>All texts of the program by key and language, read once from the embedded Texts/*.json; the build has checked them.</summary>
internal sealed class TextCatalogue
{
    internal sealed record Text(string One, string Other);

    public static readonly IReadOnlyList<string> Languages = ["fi", "sv", "en"];

    readonly Dictionary<(string Key, string Language), Text> texts = [];

    public TextCatalogue()
    {
        var assembly = typeof(TextCatalogue).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("Texts/", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            Read(stream);
        }
    }

    public IEnumerable<string> Keys => texts.Keys.Select(k => k.Key).Distinct();

    public bool Has(string key) => texts.ContainsKey((key, Languages[0]));

    /// <exception cref="KeyNotFoundException">the key is not defined: a bug that the build check could not see</exception>
    public Text Find(string key, string language) =>
        texts.TryGetValue((key, language), out var text) ? text : throw new KeyNotFoundException($"The text '{key}' is not defined in {language}.");

    void Read(Stream stream)
    {
        using var document = JsonDocument.Parse(stream);
        foreach (var text in document.RootElement.EnumerateObject())
        {
            foreach (var language in text.Value.EnumerateObject())
            {
                texts[(text.Name, language.Name)] = language.Value.ValueKind == JsonValueKind.Object
                    ? new Text(language.Value.GetProperty("one").GetString()!, language.Value.GetProperty("other").GetString()!)
                    : new Text(language.Value.GetString()!, language.Value.GetString()!);
            }
        }
    }
}
