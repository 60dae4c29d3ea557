using Booking.SignIn;

namespace Booking.Ui;

/// <summary>One entry of a menu, shown to the roles that may use it.</summary>
/// <param name="Below">Further addresses whose pages belong under this entry.</param>
internal sealed record NavigationItem(string Path, string TextKey, string Icon, string[] Roles, params string[] Below);

internal static class Navigation
{
    public static readonly IReadOnlyList<NavigationItem> Practice =
    [
        new("/practice/day", "Nav.Day", "calendar", [Roles.Practitioner, Roles.Receptionist], "/practice"),
        new("/practice/attention", "Nav.Attention", "attention", [Roles.Practitioner]),
        new("/customers", "Nav.Customers", "people", [Roles.Practitioner, Roles.Receptionist]),
        new("/admin/services", "Nav.Services", "list", [Roles.Administrator]),
        new("/admin/hours", "Nav.Hours", "clock", [Roles.Administrator]),
        new("/admin/staff", "Nav.Staff", "person", [Roles.Administrator]),
        new("/admin/outsourcing", "Nav.Outsourcing", "send", [Roles.Administrator]),
        new("/admin/practice", "Nav.PracticeFacts", "settings", [Roles.Administrator]),
        // After the pages that make an administrator's start; the same page shows her everybody's.
        new("/practice/attention", "Nav.Attention", "attention", [Roles.Administrator]),
        new("/privacy", "Nav.Privacy", "shield", [Roles.PrivacyOfficer]),
    ];

    public static readonly IReadOnlyList<NavigationItem> Customer =
    [
        new("/my", "Nav.MyVisits", "calendar", [Roles.Customer]),
        new("/my/access", "Nav.MyAccess", "eye", [Roles.Customer]),
    ];

    /// <summary>The start page of an acting role.</summary>
    public static string HomeOf(string role) => Practice.FirstOrDefault(i => i.Roles.Contains(role))?.Path ?? Customer[0].Path;

    /// <summary>The entry that the page belongs to: the one with the longest address that the page's begins with.</summary>
    public static NavigationItem? Current(IEnumerable<NavigationItem> items, PathString path) => items
        .SelectMany(i => i.Below.Append(i.Path), (item, address) => (Item: item, Address: address))
        .Where(i => path.StartsWithSegments(i.Address, StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(i => i.Address.Length).FirstOrDefault().Item;
}
