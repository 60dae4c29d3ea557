using System.Globalization;
using Npgsql;

namespace CareRecords.Rest;

/// <summary>The rights of a caller as a condition on rows of care.resource, so that what she may not see is not even counted.</summary>
internal static class Reach
{
    /// <summary>The condition for rows named <paramref name="row"/>; it says the same as <see cref="AccessRights.InReach"/>.</summary>
    internal static string Sql(AccessRights rights, string row, NpgsqlCommand command)
    {
        var condition = "true";
        if (rights.ControllerId is { } controller)
        {
            condition = $"({row}.controller_id is null or {row}.controller_id = {Add(command, controller)})";
        }

        if (rights.PatientId is { } patient)
        {
            var own = Add(command, patient);
            condition += $" and ({row}.type = any({Add(command, rights.SharedTypes)}) or ({row}.patient_id = {own}"
                + $" and ({row}.type = 'Patient' or {row}.patient_sees_from <= {Add(command, rights.Now)})))";
        }

        return condition;
    }

    private static string Add(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return "$" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
    }
}
