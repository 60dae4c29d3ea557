using System.ComponentModel.DataAnnotations;
using KantaConnector.Documents;

namespace KantaConnector;

/// <summary>
/// Section <c>Kanta:UnverifiedForms</c>: how informing, disclosure permission and denial are written as documents. No form in force today is public; the
/// one published example is a denial of 2017 (docs/operations.md). An act whose form is empty is recorded and not sent.
/// </summary>
public sealed class InformationForms
{
    public InformationForm Informing { get; set; } = new();
    public InformationForm DisclosurePermission { get; set; } = new();

    /// <summary>A denial and its withdrawal are one form.</summary>
    public InformationForm Denial { get; set; } = new();

    /// <summary>Reason (1.2.246.537.5.40178.2008) of the version that says that a permission or a denial was withdrawn.</summary>
    public string WithdrawalReason { get; set; } = "1";

    internal InformationForm Of(string kind) => kind switch
    {
        CareRecords.Treatments.RecordInforming.Denial => Denial,
        CareRecords.Treatments.RecordInforming.Permission => DisclosurePermission,
        _ => Informing,
    };

    internal IEnumerable<ValidationResult> Problems()
    {
        foreach (var (name, form) in new[] { (nameof(Informing), Informing), (nameof(DisclosurePermission), DisclosurePermission), (nameof(Denial), Denial) })
        {
            if (form.Layout.Length > 0)
            {
                if (form.Layout != Records.DenialForm2017.Name || name != nameof(Denial) || form.View.Length > 0)
                {
                    yield return new ValidationResult($"Kanta:UnverifiedForms:{name}:Layout: only a Denial has one, {Records.DenialForm2017.Name}, and it needs no View beside it.", [name]);
                }
            }
            else if (form.IsSet && (KantaOptions.Field(form.View) is null || !Oid.IsValid(form.FieldSystem) || form.StatementField.Length == 0
                || (form.Template.Length > 0 && !Oid.IsValid(form.Template))))
            {
                yield return new ValidationResult(
                    $"Kanta:UnverifiedForms:{name} needs View (OID|code), FieldSystem (OID) and StatementField; Template is an OID or empty.", [name]);
            }
        }
    }
}

/// <summary>One form. Fields are codes of <see cref="FieldSystem"/>; an empty one is left out of the document.</summary>
public sealed class InformationForm
{
    /// <summary>A whole form instead of single fields: <c>kielto-2017</c>, the published example of a denial; empty: the fields below.</summary>
    public string Layout { get; set; } = "";

    /// <summary>The form's code, written OID|code; empty: recorded and not sent.</summary>
    public string View { get; set; } = "";

    public string Title { get; set; } = "";

    /// <summary>OID of the form's version.</summary>
    public string Template { get; set; } = "";

    /// <summary>OID of the code set of the form's fields.</summary>
    public string FieldSystem { get; set; } = "";

    /// <summary>What was informed, permitted, denied or withdrawn, in words, and whether it holds.</summary>
    public string StatementField { get; set; } = "";

    public string VersionField { get; set; } = "";
    public string DateField { get; set; } = "";

    /// <summary>Of a denial: the service event or the provider that it is about.</summary>
    public string ScopeField { get; set; } = "";
    public string PatientField { get; set; } = "";
    public string PatientIdField { get; set; } = "";
    public string RecorderField { get; set; } = "";
    public string RecorderIdField { get; set; } = "";

    /// <summary>Who keeps the paper: the service provider.</summary>
    public string ProviderField { get; set; } = "";

    internal bool IsSet => View.Length > 0 || Layout.Length > 0;
}
