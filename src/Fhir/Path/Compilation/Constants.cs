using Fhir.FhirPath.Nodes;

namespace Fhir.FhirPath.Compilation;

/// <summary>What can be told of constant expressions before evaluation.</summary>
internal static class Constants
{
    /// <summary>How many items a union of literals has; -1 for any other expression.</summary>
    internal static int Count(Node node)
    {
        if (!IsConstant(node))
        {
            return -1;
        }

        var evaluation = Evaluation.Rent(default, FhirPathEnvironment.Default);
        try
        {
            node.Eval(evaluation);
            return evaluation.Count;
        }
        finally
        {
            evaluation.Return();
        }
    }

    private static bool IsConstant(Node node) => node is LiteralNode || (node is UnionNode union && IsConstant(union.Left) && IsConstant(union.Right));
}
