namespace KantaSimulator.Rules;

// Transport: told by HTTP status or SOAP fault, never in an acknowledgement.
internal static partial class Rulebook
{
    public static readonly Rule ClientCertificateMissing = Error("SIM-T01", Layer.Structure,
        "Client certificate missing", "Asiakasvarmenne puuttuu");
    public static readonly Rule ClientCertificateUntrusted = Error("SIM-T02", Layer.Structure,
        "Client certificate not issued by the configured CA", "Asiakasvarmenteen myöntäjä ei ole luotettu");
    public static readonly Rule ClientCertificateExpired = Error("SIM-T03", Layer.Structure,
        "Client certificate not valid now", "Asiakasvarmenne ei ole voimassa");
    public static readonly Rule WrongContentType = Error("SIM-T04", Layer.Structure,
        "Content-Type is not text/xml", "Content-Type ei ole text/xml");
    public static readonly Rule TooLarge = Error("SIM-T05", Layer.Structure,
        "Request body too large", "Sanoma on liian suuri");
    public static readonly Rule WrongMethod = Error("SIM-T06", Layer.Structure,
        "Only POST is served here", "Vain POST on sallittu");
    public static readonly Rule SoapActionMissing = Error("SIM-T07", Layer.Structure,
        "SOAPAction header missing or not an accepted one", "SOAPAction puuttuu tai ei ole sallittu");
    public static readonly Rule ContentEncoding = Error("SIM-T08", Layer.Structure,
        "Content-Encoding is not supported", "Content-Encoding ei ole tuettu");
    public static readonly Rule LedgerUnavailable = Error("SIM-T09", Layer.Structure,
        "The ledger cannot be written; nothing was archived", "Arkistoon ei voi kirjoittaa");
}
