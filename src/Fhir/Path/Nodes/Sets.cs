using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Nodes;

/// <summary>Duplicate removal on the stack.</summary>
internal static class Sets
{
    private const int WorthHashing = 16;

    internal static void Distinct(Evaluation e, int mark)
    {
        var kept = e.Count - mark >= WorthHashing && AllText(e, mark) ? DistinctText(e, mark) : DistinctByPairs(e, mark);
        e.Cut(kept);
    }

    private static int DistinctByPairs(Evaluation e, int mark)
    {
        var kept = mark;
        for (var i = mark; i < e.Count; i++)
        {
            if (!Equality.Contains(e, mark, kept, e[i]))
            {
                e[kept++] = e[i];
            }
        }

        return kept;
    }

    private static int DistinctText(Evaluation e, int mark)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var kept = mark;
        for (var i = mark; i < e.Count; i++)
        {
            e.Step();
            if (seen.Add(Elements.ToSystem(e[i]).AsString))
            {
                e[kept++] = e[i];
            }
        }

        return kept;
    }

    private static bool AllText(Evaluation e, int mark)
    {
        for (var i = mark; i < e.Count; i++)
        {
            if (Elements.ToSystem(e[i]).Kind != PathKind.String)
            {
                return false;
            }
        }

        return true;
    }
}
