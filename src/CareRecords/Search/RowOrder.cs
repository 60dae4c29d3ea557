using CareRecords.Store;

namespace CareRecords.Search;

/// <summary>Orders computed resources by sort keys, as SearchSql does stored ones: without a value last, whichever way; of equals by id.</summary>
internal sealed class RowOrder(IReadOnlyList<SortKey> keys) : IComparer<(ViewedResource Resource, IndexRows Rows)>
{
    public int Compare((ViewedResource Resource, IndexRows Rows) x, (ViewedResource Resource, IndexRows Rows) y)
    {
        foreach (var key in keys)
        {
            var (one, other) = (Value(key, x), Value(key, y));
            var order = (one, other) switch
            {
                (null, null) => 0,
                (null, _) => 1,
                (_, null) => -1,
                _ => (key.Descending ? -1 : 1) * (one is string text ? string.CompareOrdinal(text, (string)other) : one.CompareTo(other)),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return string.CompareOrdinal(x.Resource.Id, y.Resource.Id);
    }

    private static IComparable? Value(SortKey key, (ViewedResource Resource, IndexRows Rows) of)
    {
        var index = key.Index;
        return index switch
        {
            { Code: "_id" } => of.Resource.Id,
            { Code: "_lastUpdated" } => of.Resource.LastUpdated,
            { Type: "date" } => Most(of.Rows.Dates.Where(d => d.Param == index.Key).Select(d => key.Descending ? d.High : d.Low), key.Descending),
            { Type: "string" } => Most(of.Rows.Texts.Where(t => t.Param == index.Key).Select(t => t.Value), key.Descending),
            { Type: "uri" } => Most(of.Rows.Uris.Where(u => u.Param == index.Key).Select(u => u.Value), key.Descending),
            { Type: "reference" } => Most(of.Rows.References.Where(r => r.Param == index.Key).Select(r => $"{r.TargetType}/{r.Target}"), key.Descending),
            _ => Most(of.Rows.Numbers.Where(n => n.Param == index.Key).Select(n => key.Descending ? n.High : n.Low), key.Descending),
        };
    }

    private static IComparable? Most<T>(IEnumerable<T> values, bool descending)
        where T : IComparable
    {
        var all = values.ToList();
        return all.Count == 0 ? null : typeof(T) == typeof(string) ? ByText([.. all.Cast<string>()], descending) : descending ? all.Max() : all.Min();
    }

    private static string ByText(List<string> all, bool descending)
    {
        all.Sort(StringComparer.Ordinal);
        return descending ? all[^1] : all[0];
    }
}
