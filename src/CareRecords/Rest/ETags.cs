using System.Globalization;

namespace CareRecords.Rest;

/// <summary>Version numbers in If-Match and If-None-Match: W/"3", "3", several with commas; bare numbers as some clients send them.</summary>
internal static class ETags
{
    internal static IReadOnlyList<int> Versions(string header)
    {
        var versions = new List<int>();
        foreach (var part in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var tag = part.StartsWith("W/", StringComparison.Ordinal) ? part[2..] : part;
            if (int.TryParse(tag.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            {
                versions.Add(version);
            }
        }

        return versions;
    }
}

/// <summary>On what ground /fhir shows data, for the access log.</summary>
internal static class Purposes
{
    internal static string Of(AccessRights rights) => rights.PatientId is null ? "treatment" : "patient_request";
}
