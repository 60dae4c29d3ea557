using System.Collections;
using System.Xml;
using KantaSimulator.Xml;

namespace KantaSimulator.Rules;

/// <summary>Collects the findings about one message and gives each the severity that the switches say.</summary>
internal sealed class Findings(Leniency leniency) : IEnumerable<Finding>
{
    private readonly List<Finding> list = [];

    public bool Refused => list.Exists(f => f.Severity == Severity.Error);

    public int Count => list.Count;

    public bool Has(Rule rule) => list.Exists(f => f.Rule == rule);

    public void Add(Rule rule, XmlElement? where, string detail = "") => Add(rule, where.Place(), detail);

    public void Add(Rule rule, string location, string detail) =>
        list.Add(new Finding(rule, location, detail) { Severity = leniency.SeverityOf(rule) });

    public void AddUnless(bool holds, Rule rule, XmlElement? where, string detail = "")
    {
        if (!holds)
            Add(rule, where, detail);
    }

    public IEnumerator<Finding> GetEnumerator() => list.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
