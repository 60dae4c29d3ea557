using System.ComponentModel.DataAnnotations;

namespace Booking.SignIn;

/// <summary>Settings under <c>SignIn</c>.</summary>
public sealed class SignInOptions
{
    /// <summary>A session without a request for so long is over.</summary>
    [Range(1, 24 * 60)]
    public int IdleMinutes { get; set; } = 30;

    /// <summary>No session lasts longer.</summary>
    [Range(1, 24)]
    public int AbsoluteHours { get; set; } = 12;

    /// <summary>How long a fresh proof of identity allows changes of address, password and second factor.</summary>
    [Range(1, 60)]
    public int StepUpMinutes { get; set; } = 10;

    /// <summary>The domain that passkeys belong to; empty: the host name of the request.</summary>
    public string PasskeyDomain { get; set; } = "";
}
