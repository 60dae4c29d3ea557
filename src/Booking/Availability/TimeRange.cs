namespace Booking.Availability;

/// <summary>A half-open stretch of time, [From, To), both UTC instants: visits back to back do not overlap.</summary>
public readonly record struct TimeRange(DateTime From, DateTime To)
{
    public bool Overlaps(TimeRange other) => From < other.To && other.From < To;

    public bool Contains(TimeRange other) => From <= other.From && other.To <= To;

    /// <summary>What is left of sorted, disjoint ranges when others are cut away; sorted and disjoint again.</summary>
    public static List<TimeRange> Subtract(IEnumerable<TimeRange> ranges, IReadOnlyCollection<TimeRange> cuts)
    {
        var left = new List<TimeRange>();
        var sorted = cuts.Where(c => c.From < c.To).OrderBy(c => c.From).ToList();
        foreach (var range in ranges)
        {
            var from = range.From;
            foreach (var cut in sorted.Where(range.Overlaps))
            {
                if (cut.From > from)
                {
                    left.Add(new TimeRange(from, cut.From));
                }

                from = cut.To > from ? cut.To : from;
            }

            if (from < range.To)
            {
                left.Add(range with { From = from });
            }
        }

        return left;
    }

    /// <summary>The union, sorted and disjoint; touching ranges become one.</summary>
    public static List<TimeRange> Union(IEnumerable<TimeRange> ranges)
    {
        var merged = new List<TimeRange>();
        foreach (var range in ranges.Where(r => r.From < r.To).OrderBy(r => r.From))
        {
            if (merged.Count > 0 && range.From <= merged[^1].To)
            {
                merged[^1] = merged[^1] with { To = range.To > merged[^1].To ? range.To : merged[^1].To };
            }
            else
            {
                merged.Add(range);
            }
        }

        return merged;
    }
}
