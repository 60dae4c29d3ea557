namespace KantaConnector;

/// <summary>
/// How a kind of structured entry is written where the field codes of AR/YDIN (1.2.246.537.6.12.999.2003) are known. Empty: the entry's own code says
/// what it is.
/// </summary>
public sealed class EntryForm
{
    /// <summary>Code of the field, written OID|code; the fact's own code becomes the field's value. For a condition only.</summary>
    public string Field { get; set; } = "";

    /// <summary>OID of the field's template.</summary>
    public string Template { get; set; } = "";
}

/// <summary>A code system's URI and its OID.</summary>
public sealed class CodeSystemOid
{
    public string Uri { get; set; } = "";
    public string Oid { get; set; } = "";
}

/// <summary>How one controller's documents leave, where that differs from the installation's own settings.</summary>
public sealed class ControllerParty
{
    /// <summary>Rekisterinpitäjä, as the practice's setup has it.</summary>
    public string ControllerOid { get; set; } = "";

    /// <summary>Sender of its messages; message ids are made under it.</summary>
    public string SenderOid { get; set; } = "";

    /// <summary>Service provider of its messages; the controller's producer when empty.</summary>
    public string ProviderOid { get; set; } = "";
    public CertificateSource ClientCertificate { get; set; } = new();
    public CertificateSource SigningCertificate { get; set; } = new();
}

/// <summary>An interaction, its trigger event (2.16.840.1.113883.1.18) and service request (1.2.246.537.5.40157.2008).</summary>
public sealed class MessageKind
{
    public string Interaction { get; set; } = "";
    public string Trigger { get; set; } = "";
    public string ServiceRequest { get; set; } = "";
}

/// <summary>A PEM certificate with its key (in the same file or in another), or a PKCS#12 store (.p12, .pfx).</summary>
public sealed class CertificateSource
{
    public string File { get; set; } = "";
    public string KeyFile { get; set; } = "";
    public string Password { get; set; } = "";
}
