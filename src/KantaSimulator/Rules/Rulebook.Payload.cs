namespace KantaSimulator.Rules;

// Payload: the MIME part that carries the document.
internal static partial class Rulebook
{
    public static readonly Rule PayloadMissing = Error("SIM-P01", Layer.Structure,
        "text missing or its mediaType is not multipart/related", "Asiakirjaosa puuttuu");
    public static readonly Rule MimeBoundary = Error("SIM-P02", Layer.Structure,
        "No MIME boundary found", "MIME-rajaa ei löydy");
    public static readonly Rule MimeParts = Error("SIM-P03", Layer.Structure,
        "Exactly one MIME part is expected", "MIME-osia on oltava yksi");
    public static readonly Rule MimePartType = Error("SIM-P04", Layer.Structure,
        "MIME part is not text/xml in UTF-8", "MIME-osa ei ole text/xml");
    public static readonly Rule MimeTransferEncoding = Error("SIM-P05", Layer.Structure,
        "MIME part is not base64", "MIME-osa ei ole base64");
    public static readonly Rule Base64Invalid = Error("SIM-P06", Layer.Structure,
        "Base64 cannot be decoded", "Base64 ei purkaudu");
    public static readonly Rule ContentIdMismatch = Error("SIM-P07", Layer.Structure,
        "Content-ID is not the document's id", "Content-ID ei ole asiakirjan tunnus");
    public static readonly Rule DocumentNotWellFormed = Error("SIM-P08", Layer.Structure,
        "Document is not well-formed XML", "Asiakirja ei ole hyvin muodostettua XML:ää");
    public static readonly Rule DocumentDtd = Error("SIM-P09", Layer.Structure,
        "A document type declaration is prohibited in the document", "DTD on kielletty asiakirjassa");
    public static readonly Rule DocumentTooDeep = Error("SIM-P10", Layer.Structure,
        "Document exceeds the depth, node or size limits", "Asiakirja ylittää syvyys- tai kokorajat");
    public static readonly Rule DocumentEncoding = Error("SIM-P11", Layer.Structure,
        "Document's encoding is not UTF-8", "Asiakirjan merkistö ei ole UTF-8");
    public static readonly Rule MimeTruncated = Error("SIM-P12", Layer.Structure,
        "Closing MIME boundary missing", "MIME-osan loppuraja puuttuu");
}
