using Fhir.FhirPath.Nodes;
using Fhir.FhirPath.Values;

namespace Fhir.FhirPath.Functions;

/// <summary>descendants, type (N1 §5.8, §10.2) and what FHIR adds for elements.</summary>
internal static class TreeFunctions
{
    internal static void Descendants(Evaluation e, int start, CallNode call)
    {
        var end = e.Count;
        for (var i = start; i < end; i++)
        {
            if (e[i].IsElement)
            {
                Elements.PushDescendants(e, e[i].AsElement);
            }
        }

        e.Slide(end, start);
    }

    internal static void Type(Evaluation e, int start, CallNode call)
    {
        for (var i = start; i < e.Count; i++)
        {
            e[i] = PathValue.From(e[i].IsElement
                ? new PathType("FHIR", Elements.TypeName(e[i].AsElement))
                : new PathType("System", e[i].Kind.ToString()));
        }
    }

    internal static void Extension(Evaluation e, int start, CallNode call)
    {
        var end = e.Count;
        var url = call.Arguments[0].SingleValue(e);
        if (url.IsNone)
        {
            e.Cut(start);
            return;
        }

        var wanted = StringFunctions.Text(url, call);
        for (var i = start; i < end; i++)
        {
            if (!e[i].IsElement)
            {
                continue;
            }

            foreach (var child in e[i].AsElement.ChildSpan)
            {
                if (child.Name == "extension" && child.Child("url")?.Text == wanted)
                {
                    e.Push(child);
                }
            }
        }

        e.Slide(end, start);
    }

    internal static void GetValue(Evaluation e, int start, CallNode call)
    {
        var kept = start;
        for (var i = start; i < e.Count; i++)
        {
            if (Elements.HasValue(e[i]))
            {
                e[kept++] = Elements.ToSystem(e[i]);
            }
        }

        e.Cut(kept);
    }
}
