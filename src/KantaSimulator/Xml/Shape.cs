using System.Xml;

namespace KantaSimulator.Xml;

/// <summary>
/// The children that an element may have, in order, as a schema's sequence would say it: <c>"id code title? author+ component*"</c>.
/// Names are in the element's own namespace; <c>fi:name</c> is in urn:hl7finland.
/// </summary>
internal sealed class Shape
{
    private readonly record struct Item(string Name, bool Required, bool Many);

    private readonly Item[] items;

    public Shape(string sequence) => items = [.. sequence.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new Item(
        word.TrimEnd('?', '+', '*'), Required: word[^1] is not ('?' or '*'), Many: word[^1] is '+' or '*'))];

    /// <summary>What is wrong with the children of <paramref name="element"/>: the place, and what.</summary>
    public IEnumerable<(XmlElement Where, string What)> Check(XmlElement element)
    {
        var seen = new HashSet<string>();
        var position = 0;
        foreach (var child in element.Elements())
        {
            var name = NameOf(child, element.NamespaceURI);
            var index = Array.FindIndex(items, i => i.Name == name);
            if (index < 0)
                yield return (child, $"{name} is not expected here");
            else if (index < position)
                yield return (child, $"{name} is out of order");
            else if (!seen.Add(name) && !items[index].Many)
                yield return (child, $"{name} is repeated");
            else
                position = index;
        }

        foreach (var missing in items.Where(i => i.Required && !seen.Contains(i.Name)))
            yield return (element, $"{missing.Name} is missing");
    }

    private static string NameOf(XmlElement child, string parentNamespace) =>
        child.NamespaceURI == parentNamespace ? child.LocalName
        : child.NamespaceURI == XmlNav.Hl7Fi ? "fi:" + child.LocalName
        : $"{{{child.NamespaceURI}}}{child.LocalName}";
}
