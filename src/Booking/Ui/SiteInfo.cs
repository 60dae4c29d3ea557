namespace Booking.Ui;

/// <summary>What every page says about where one is: the practice's name and whether its archive is the real one.</summary>
/// <param name="Archive">simulated, test or production; anything but production is shown in a banner.</param>
public sealed record SiteInfo(string PracticeName, string Archive);
