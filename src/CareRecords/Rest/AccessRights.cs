using CareRecords.Store;

namespace CareRecords.Rest;

/// <summary>
/// What one caller may do: her role's rights by the type's policy, narrowed by the token's scopes, its patient and its controller. Default is deny.
/// Every answer asks here, also for what it only counts, sorts by or refers to.
/// </summary>
internal sealed class AccessRights(
    ServedTypes types, UserRole role, IReadOnlyList<Scope> scopes, string? patientId, Guid? controllerId, DateTimeOffset now)
{
    /// <summary>What a token gives.</summary>
    internal static AccessRights Of(ServedTypes types, BearerTokens.Token token, DateTimeOffset now) =>
        new(types, token.Role, [.. token.Scopes.Select(Scope.Parse).OfType<Scope>()], token.PatientId, token.ControllerId, now) { TokenId = token.Id };

    /// <summary>The token's id.</summary>
    internal Guid TokenId { get; private init; }

    /// <summary>The role under which the caller acts.</summary>
    internal UserRole Role => role;

    /// <summary>Set for a customer's token: only this patient's data.</summary>
    internal string? PatientId => patientId;

    /// <summary>Set where records of other controllers are out of reach.</summary>
    internal Guid? ControllerId => controllerId;

    /// <summary>Whether there are records out of reach by whose they are.</summary>
    internal bool IsBound => patientId is not null || controllerId is not null;

    /// <summary>The instant at which rights are judged.</summary>
    internal DateTimeOffset Now => now;

    /// <summary>Whether the caller may do this with records of this type at all.</summary>
    internal bool May(string type, Deeds deed) =>
        types.Find(type) is { } served && ByRole(served.Policy, deed) && ByScope(served.Policy, type, deed);

    /// <summary>The served types with which the caller may do this.</summary>
    internal string[] Types(Deeds deed) => [.. types.All.Where(t => May(t.Name, deed)).Select(t => t.Name)];

    /// <summary>Whether the caller may see this record; a type that she may not read is none of hers.</summary>
    internal bool Sees(StoredResource resource, Deeds deed = Deeds.Read) =>
        May(resource.Type, deed) && InReach(resource.Type, resource.PatientId, resource.ControllerId, resource.PatientSeesFrom);

    /// <summary>Whether a record with these marks lies within the token's patient and controller.</summary>
    internal bool InReach(string type, string? recordPatient, Guid? recordController, DateTimeOffset? patientSeesFrom)
    {
        if (controllerId is { } own && recordController is { } other && own != other)
        {
            return false;
        }

        return patientId is null || IsShared(type)
            || (recordPatient == patientId && (type == "Patient" || patientSeesFrom <= now));
    }

    /// <summary>Types that are nobody's record.</summary>
    internal bool IsShared(string type) => types.Find(type)?.Policy == TypePolicy.Directory;

    internal string[] SharedTypes => [.. types.All.Where(t => t.Policy == TypePolicy.Directory).Select(t => t.Name)];

    private bool ByRole(TypePolicy policy, Deeds deed)
    {
        if (patientId is not null && (deed & Deeds.Write) != 0)
        {
            return false;
        }

        return policy switch
        {
            TypePolicy.Open => true,
            TypePolicy.Directory => (deed & Deeds.Write) == 0 || role is UserRole.Administrator or UserRole.Client,
            TypePolicy.Booking => role is UserRole.Practitioner or UserRole.Receptionist or UserRole.Client or UserRole.Customer,
            TypePolicy.Care => role is UserRole.Practitioner or UserRole.Client or UserRole.Customer,
            TypePolicy.Money => role is UserRole.Practitioner or UserRole.Receptionist or UserRole.Administrator or UserRole.Client or UserRole.Customer,
            TypePolicy.Log => (deed & Deeds.Write) == 0 && role is UserRole.PrivacyOfficer or UserRole.Client,
            _ => false,
        };
    }

    // A scope for everything does not open the access log: that takes its name.
    private bool ByScope(TypePolicy policy, string type, Deeds deed) =>
        scopes.Any(s => (s.Type == type || (s.Type == "*" && policy != TypePolicy.Log)) && (s.Deeds & deed) == deed);
}
