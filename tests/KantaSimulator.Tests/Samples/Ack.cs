using KantaSimulator.Message;
using KantaSimulator.Xml;

namespace KantaSimulator.Tests.Samples;

/// <summary>An acknowledgement as a sender would read it.</summary>
internal sealed record Ack(string Interaction, string Type, string Target, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings, string Xml)
{
    public static Ack Read(byte[] answer)
    {
        var message = SoapRequest.Read(answer).Message ?? throw new InvalidDataException("no SOAP answer");
        var acknowledgement = message.At("acknowledgement");
        return new Ack(message.LocalName, acknowledgement.AttrAt("typeCode", "code") ?? "", acknowledgement.AttrAt("targetMessage/id", "root") ?? "",
            Codes("E"), Codes("W"), System.Text.Encoding.UTF8.GetString(answer));

        List<string> Codes(string type) => [.. acknowledgement.Elements("acknowledgementDetail").Where(d => d.Attr("typeCode") == type).Select(d => d.AttrAt("code", "code") ?? "")];
    }
}
