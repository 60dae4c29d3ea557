using Npgsql;

namespace Booking.SignIn;

internal static class Commands
{
    /// <summary>Adds positional parameters ($1, $2, …).</summary>
    public static void With(this NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }
}
