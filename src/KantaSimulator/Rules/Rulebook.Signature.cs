namespace KantaSimulator.Rules;

// System signature and its certificate.
internal static partial class Rulebook
{
    public static readonly Rule SignatureMissing = Error("SIM-G01", Layer.Signature,
        "System signature missing", "Järjestelmäallekirjoitus puuttuu");
    public static readonly Rule SignatureStructure = Error("SIM-G02", Layer.Signature,
        "Signature element missing, unknown or repeated", "Allekirjoituksen rakenne on väärä");
    public static readonly Rule SignatureDescription = Error("SIM-G03", Layer.Signature,
        "signatureDescription is not 3 or 4 of 1.2.246.537.5.40127.2006", "Allekirjoituksen tyyppi on väärä");
    public static readonly Rule SignatureTimestamp = Error("SIM-G04", Layer.Signature,
        "signatureTimestamp missing or not a UTC time", "Allekirjoituksen aikaleima puuttuu tai on virheellinen");
    public static readonly Rule Canonicalization = Error("SIM-G05", Layer.Signature,
        "Canonicalization is not exclusive C14N", "Kanonisointi on väärä");
    public static readonly Rule SignatureMethod = Error("SIM-G06", Layer.Signature,
        "Signature method is not rsa-sha256", "Allekirjoitusalgoritmi on väärä");
    public static readonly Rule DigestMethod = Error("SIM-G07", Layer.Signature,
        "Digest method is not sha256", "Tiivistealgoritmi on väärä");
    public static readonly Rule Transform = Error("SIM-G08", Layer.Signature,
        "Transform is not exactly one exclusive C14N", "Muunnos on väärä");
    public static readonly Rule ReferenceTarget = Error("SIM-G09", Layer.Signature,
        "Reference points at no element, or at several", "Viittauksen kohde puuttuu tai ei ole yksikäsitteinen");
    public static readonly Rule TimestampNotSigned = Error("SIM-G10", Layer.Signature,
        "Signature does not cover the timestamp", "Aikaleimaa ei ole allekirjoitettu");
    public static readonly Rule BodyNotSigned = Error("SIM-G11", Layer.Signature,
        "Signature does not cover this document's structuredBody", "Runkoa ei ole allekirjoitettu");
    public static readonly Rule TimestampDigest = Error("SIM-G12", Layer.Signature,
        "Digest of the timestamp does not match", "Aikaleiman tiiviste ei täsmää");
    public static readonly Rule BodyDigest = Error("SIM-G13", Layer.Signature,
        "Digest of the body does not match", "Rungon tiiviste ei täsmää");
    public static readonly Rule SignatureValue = Error("SIM-G14", Layer.Signature,
        "Signature value does not verify", "Allekirjoitus ei täsmää");
    public static readonly Rule CertificateMissing = Error("SIM-G15", Layer.Signature,
        "Signing certificate missing or unreadable", "Allekirjoitusvarmenne puuttuu");
    public static readonly Rule CertificateKey = Error("SIM-G16", Layer.Signature,
        "Signing key is not RSA of at least 2048 bits", "Allekirjoitusavain on liian heikko");
    public static readonly Rule CertificateChain = Error("SIM-G17", Layer.Signature,
        "Signing certificate not issued by the configured CA", "Allekirjoitusvarmenteen myöntäjä ei ole luotettu");
    public static readonly Rule CertificateNotValidNow = Error("SIM-G18", Layer.Signature,
        "Signing certificate not valid now", "Allekirjoitusvarmenne ei ole voimassa");
    public static readonly Rule CertificateNotValidThen = Error("SIM-G19", Layer.Signature,
        "Signing certificate was not valid at the signature's time", "Varmenne ei ollut voimassa allekirjoitushetkellä");
    public static readonly Rule TimestampFarOff = Warning("SIM-G20", Layer.Signature,
        "Signature's time lies in the future or before the document's", "Allekirjoituksen aika on epäuskottava");
    public static readonly Rule CertificateUsage = Error("SIM-G21", Layer.Signature,
        "Certificate's key usage does not allow signatures", "Varmenteen käyttötarkoitus ei salli allekirjoitusta");
    public static readonly Rule ReferenceCount = Error("SIM-G22", Layer.Signature,
        "Signature holds other references than timestamp and body", "Allekirjoituksessa on ylimääräisiä viittauksia");
}
