using CareRecords.Search;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Rest;

/// <summary>Addresses of one search's pages, for this caller alone.</summary>
internal sealed class SearchLinks(FhirCall call, string path, SearchQuery query)
{
    private readonly PageLinks _links = call.Services.GetRequiredService<PageLinks>();
    private readonly string _caller = $"{call.Services.GetRequiredService<CurrentUser>().UserId}|{call.Rights.PatientId}|{call.Rights.ControllerId}";

    /// <summary>Where the page that is asked for begins; null for the first.</summary>
    /// <exception cref="SearchException">The page is not one of this search's for this caller.</exception>
    internal SearchCursor? Asked() => AskedText() is not { } text ? null : SearchCursor.Parse(text, query.Sort) ?? throw Foreign();

    /// <exception cref="SearchException">The page is not one of this search's for this caller.</exception>
    internal string? AskedText() => query.Page is not { } page ? null : _links.Open(page, _caller, Links.Address(path, query.Used)) ?? throw Foreign();

    internal string Seal(SearchCursor cursor) => Seal(cursor.Write());

    internal string Seal(string cursor) => _links.Seal(cursor, _caller, Links.Address(path, query.Used));

    internal string Address(string? page) => Links.Address(call.BaseUrl + path, page is null ? query.Used : query.Used.Append(new("_page", page)));

    private static SearchException Foreign() => new("_page comes from a link of ours, unchanged, and for the caller to whom it was given.");
}
