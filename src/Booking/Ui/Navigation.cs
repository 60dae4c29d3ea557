namespace Booking.Ui;

/// <summary>One entry of the practice's menu, shown to the roles that may use it.</summary>
internal sealed record NavigationItem(string Path, string TextKey, string Icon, params string[] Roles)
{
    public bool IsCurrent(PathString path) => path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase);
}

internal static class Navigation
{
    const string Practitioner = "practitioner", Receptionist = "receptionist", Administrator = "administrator", Privacy = "privacy-officer";

    public static readonly IReadOnlyList<NavigationItem> Practice =
    [
        new("/practice/day", "Nav.Day", "calendar", Practitioner, Receptionist),
        new("/practice/attention", "Nav.Attention", "attention", Practitioner),
        new("/customers", "Nav.Customers", "people", Practitioner, Receptionist),
        new("/admin/services", "Nav.Services", "list", Administrator),
        new("/admin/hours", "Nav.Hours", "clock", Administrator),
        new("/admin/staff", "Nav.Staff", "person", Administrator),
        new("/privacy", "Nav.Privacy", "shield", Privacy),
    ];

    /// <summary>The start page of an acting role.</summary>
    public static string HomeOf(string role) => Practice.FirstOrDefault(i => i.Roles.Contains(role))?.Path ?? Customer[0].Path;

    public static readonly IReadOnlyList<NavigationItem> Customer =
    [
        new("/my", "Nav.MyVisits", "calendar"),
    ];
}
