using System.Xml;
using KantaSimulator.Xml;

namespace KantaSimulator.Message;

/// <summary>What a message is about, as its wrapper says, by the names that a fault can match.</summary>
internal static class MessageFacts
{
    public static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    public static IReadOnlyDictionary<string, string> Of(XmlElement message)
    {
        var wrapper = message.At("controlActProcess/subject/clinicalDocument");
        return new Dictionary<string, string>
        {
            ["interaction"] = message.LocalName,
            ["documentId"] = wrapper.AttrAt("id", "root") ?? "",
            ["setId"] = wrapper.AttrAt("setId", "root") ?? "",
            ["version"] = wrapper.AttrAt("versionNumber", "value") ?? "",
            ["serviceEvent"] = wrapper.AttrAt("componentOf/encounterEvent/id", "root") ?? "",
            ["patientId"] = wrapper.AttrAt("recordTarget/patient/id", "extension") ?? "",
            ["documentType"] = wrapper.AttrAt("localHeader/documentType", "code") ?? "",
        };
    }
}
