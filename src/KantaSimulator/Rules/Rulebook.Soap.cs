namespace KantaSimulator.Rules;

// SOAP: told by a SOAP fault, since no message could be read.
internal static partial class Rulebook
{
    public static readonly Rule NotWellFormed = Error("SIM-S01", Layer.Structure,
        "Request is not well-formed XML", "Pyyntö ei ole hyvin muodostettua XML:ää");
    public static readonly Rule DtdPresent = Error("SIM-S02", Layer.Structure,
        "A document type declaration is prohibited", "Dokumenttityypin määrittely on kielletty");
    public static readonly Rule TooDeep = Error("SIM-S03", Layer.Structure,
        "XML exceeds the depth, node or size limits", "XML ylittää syvyys- tai kokorajat");
    public static readonly Rule NotSoap11 = Error("SIM-S04", Layer.Structure,
        "Root is not a SOAP 1.1 Envelope with a Body", "Juuri ei ole SOAP 1.1 -kirjekuori");
    public static readonly Rule BodyNotOneMessage = Error("SIM-S05", Layer.Structure,
        "SOAP Body must hold exactly one element", "SOAP-rungossa on oltava tasan yksi elementti");
    public static readonly Rule MustUnderstand = Error("SIM-S06", Layer.Structure,
        "A header that must be understood is not known", "Tuntematon pakollinen otsikko");
    public static readonly Rule EncodingNotUtf8 = Error("SIM-S07", Layer.Structure,
        "Character encoding is not UTF-8", "Merkistö ei ole UTF-8");
    public static readonly Rule ProcessingInstruction = Error("SIM-S08", Layer.Structure,
        "SOAP 1.1 prohibits processing instructions", "SOAP 1.1 kieltää käsittelyohjeet");
}
