using Fhir.Json;
using Fhir.Model;

namespace CareRecords.Rest;

/// <summary>The input of an operation (https://hl7.org/fhir/R4/operations.html#executing): parameters of the address, and a posted Parameters resource before them.</summary>
internal sealed class OperationParameters
{
    private readonly FhirCall _call;
    private readonly Element? _body;

    private OperationParameters(FhirCall call, Element? body)
    {
        _call = call;
        _body = body;
    }

    /// <summary>The parameters, or why the body is none.</summary>
    public static (OperationParameters? Parameters, FhirAnswer? Refusal) Read(FhirCall call)
    {
        if (call.Body.IsEmpty)
        {
            return (new OperationParameters(call, null), null);
        }

        var read = FhirJson.Read(call.Body.Span);
        return read.Root is null || read.Issues.Count > 0 ? (null, Outcome.Of(400, read.Issues))
            : read.Root.TypeName == "Parameters" ? (new OperationParameters(call, read.Root), null)
            : (null, Outcome.Error(400, "invalid", $"Post a Parameters resource, not a {read.Root.TypeName}."));
    }

    /// <summary>The call with the primitive parameters of a posted Parameters resource beside those of its address, or why the body is none.</summary>
    public static (FhirCall Call, FhirAnswer? Refusal) InQuery(FhirCall call)
    {
        var (parameters, refusal) = Read(call);
        var posted = parameters?._body?.ChildrenNamed("parameter").Select(p => (Name: p.Child("name")?.Text, p.Child("value")?.Text));
        return (call with { Query = [.. call.Query, .. (posted ?? []).Where(p => p is { Name: not null, Text: not null }).Select(p => KeyValuePair.Create(p.Name!, p.Text!))] }, refusal);
    }

    /// <summary>The text of a primitive parameter, or null.</summary>
    public string? Text(string name) => Named(name)?.Child("value")?.Text ?? _call.Parameter(name);

    /// <summary>A parameter of a complex type, or null.</summary>
    public Element? Value(string name) => Named(name)?.Child("value");

    /// <summary>A parameter that is a resource, or null.</summary>
    public Element? Resource(string name) => Named(name)?.Child("resource");

    private Element? Named(string name) => _body?.ChildrenNamed("parameter").FirstOrDefault(p => p.Child("name")?.Text == name);
}
