using Booking.SignIn;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Booking.Tests.Journey;

/// <summary>Whose thing a page's id names; for each there is one that is another's and one that does not exist.</summary>
internal enum Thing
{
    None,

    /// <summary>A record of one controller: another controller's practitioner must not see that it exists.</summary>
    Visit,
    Draft,
    SignedNote,

    /// <summary>On its way to the archive.</summary>
    ArchiveDocument,

    /// <summary>A care appointment as its controller's practitioner opens it.</summary>
    CareAppointment,

    /// <summary>Shared by the whole practice: only an unknown one is refused.</summary>
    Appointment,
    Customer,
    Service,
    Staff,

    /// <summary>The secret of a booking's link.</summary>
    Link,

    /// <summary>A booking in the making, kept in the browser that makes it.</summary>
    BookingDraft,
}

/// <param name="Roles">Who may open it; empty: everybody.</param>
internal sealed record PageCase(string Route, Thing Thing, params string[] Roles);

/// <summary>What is expected of each page, written by hand; that no page is missing is checked against the endpoints.</summary>
internal static class PageCases
{
    private static readonly string[] Care = [Roles.Practitioner, Roles.Receptionist];

    public static readonly PageCase[] All =
    [
        new("", Thing.None), new("error/{status:int}", Thing.None), new("book", Thing.None), new("book/practitioner", Thing.None), new("book/time", Thing.None),
        new("book/details", Thing.None), new("book/expired", Thing.None), new("book/check/{draft:guid}", Thing.BookingDraft),
        new("booking/{token}", Thing.Link), new("booking/{token}/move", Thing.Link),
        new("dev/style", Thing.None), new("dev/codes", Thing.None), new("dev/mail/{name?}", Thing.None),
        new("account/sign-in", Thing.None), new("account/second-factor", Thing.None), new("account/authenticator", Thing.None),
        new("account/register", Thing.None), new("account/register/code", Thing.None), new("account/forgotten-password", Thing.None),
        new("account/new-password", Thing.None), new("account/invitation", Thing.None), new("account/denied", Thing.None),
        new("account/sign-out", Thing.None, [.. Roles.All]), new("account/security", Thing.None, [.. Roles.All]),
        new("account/resume", Thing.None, [.. Roles.All]), new("account/role", Thing.None, [.. Roles.All]),
        new("account/confirm", Thing.None, [.. Roles.All]), new("account/home", Thing.None, [.. Roles.All]),
        new("my", Thing.None, Roles.Customer), new("my/access", Thing.None, Roles.Customer),
        new("practice/day", Thing.None, Care), new("practice/add", Thing.None, Care), new("practice/attention", Thing.None, Roles.Practitioner, Roles.Administrator),
        new("practice/attention/document/{id:guid}", Thing.ArchiveDocument, Roles.Practitioner, Roles.Administrator),
        new("practice/attention/visit/{id:guid}", Thing.Visit, Roles.Practitioner, Roles.Administrator),
        new("practice/appointment/{id:guid}", Thing.Appointment, Care),
        new("practice/visit/open/{appointmentId:guid}", Thing.CareAppointment, Care), new("practice/visit/{id:guid}", Thing.Visit, Care),
        new("practice/visit/{id:guid}/person", Thing.Visit, Care), new("practice/note/{id:guid}", Thing.Draft, Care),
        new("practice/signed/{id:guid}", Thing.SignedNote, Care),
        new("customers", Thing.None, Care), new("customers/{id:guid}", Thing.Customer, Care), new("customers/{id:guid}/edit", Thing.Customer, Care),
        new("customers/new", Thing.None, Care),
        new("admin/practice", Thing.None, Roles.Administrator), new("admin/services", Thing.None, Roles.Administrator),
        new("admin/services/{id:guid}", Thing.Service, Roles.Administrator), new("admin/services/new", Thing.None, Roles.Administrator),
        new("admin/staff", Thing.None, Roles.Administrator), new("admin/staff/{id:guid}", Thing.Staff, Roles.Administrator),
        new("admin/staff/new", Thing.None, Roles.Administrator), new("admin/hours", Thing.None, Roles.Administrator),
        new("admin/outsourcing", Thing.None, Roles.Administrator),
        new("privacy", Thing.None, Roles.PrivacyOfficer),
    ];

    /// <summary>Every page of the running application with its handlers ("GET", "POST", "POST Sign").</summary>
    public static async Task<List<(string Route, IReadOnlyList<string> Handlers)>> ServedAsync(IServiceProvider services)
    {
        var loader = services.GetRequiredService<PageLoader>();
        var pages = new List<(string, IReadOnlyList<string>)>();
        foreach (var endpoint in services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page)
            {
                var loaded = await loader.LoadAsync(page, endpoint.Metadata);
                pages.Add((
                    endpoint.RoutePattern.RawText!.TrimStart('/'),
                    [.. (loaded.HandlerMethods ?? []).Select(h => $"{h.HttpMethod.ToUpperInvariant()} {h.Name}".TrimEnd())]));
            }
        }

        return pages;
    }
}
