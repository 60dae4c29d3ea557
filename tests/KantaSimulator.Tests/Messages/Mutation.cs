using System.Text.RegularExpressions;
using KantaSimulator.Tests.Samples;

namespace KantaSimulator.Tests.Messages;

/// <summary>Which text of a message a mutation bends; Signed is the document after it was signed.</summary>
internal enum Part { Wrapper, Document, Signed, Mime, Soap }

/// <summary>A named way to spoil a message, and the code that must answer it.</summary>
internal sealed record Mutation(string Name, string Code, Part Where, Func<string, string> Bend)
{
    /// <summary>Bends a service-event document's message; otherwise a note's replacement.</summary>
    public bool OfEvent { get; init; }

    /// <summary>Also run on the published message of the same kind.</summary>
    public bool Published { get; init; } = true;

    /// <summary>The message to send (for <see cref="Part.Soap"/>: the whole request).</summary>
    public string Apply(MessageParts parts, Func<string, string> sign)
    {
        parts = Where switch
        {
            Part.Wrapper => parts with { Wrapper = Changed(parts.Wrapper), Document = sign(parts.Document) },
            Part.Document => parts with { Document = sign(Changed(parts.Document)) },
            Part.Signed => parts with { Document = Changed(sign(parts.Document)) },
            Part.Mime => parts with { Mime = Changed(parts.Mime), Document = sign(parts.Document) },
            _ => parts with { Document = sign(parts.Document) },
        };
        var message = parts.Compose();
        return Where == Part.Soap ? Changed(MessageParts.Envelope(message)) : message;
    }

    private string Changed(string text)
    {
        var bent = Bend(text);
        Assert.NotEqual(text, bent);
        return bent;
    }

    /// <summary>Replaces the first match of a pattern.</summary>
    public static Func<string, string> First(string pattern, string replacement) =>
        text => new Regex(pattern, RegexOptions.Singleline).Replace(text, replacement, 1);

    /// <summary>Replaces the last match of a pattern.</summary>
    public static Func<string, string> Last(string pattern, string replacement) =>
        text => new Regex(pattern, RegexOptions.Singleline | RegexOptions.RightToLeft).Replace(text, replacement, 1);
}
