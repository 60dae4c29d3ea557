using System.Net;
using System.Text.RegularExpressions;
using Booking.Host.Check;

namespace Booking.Tests.Journey;

/// <summary>A browser without script that stands on one page, whatever its status; redirects are followed, each counted.</summary>
internal sealed class Caller(Uri address, string language = "fi") : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = new CookieContainer() })
    {
        BaseAddress = address,
        DefaultRequestHeaders = { { "Accept", "text/html" }, { "Accept-Language", language } },
    };

    /// <summary>Of the account, when signed in.</summary>
    public string Email { get; init; } = "";

    public string TotpKey { get; init; } = "";

    /// <summary>How often she has signed in: a code works once, so each takes one of another half minute.</summary>
    public int SignIns { get; set; }

    /// <summary>Who she is in the calendar, when she is a practitioner.</summary>
    public Guid? Practitioner { get; init; }

    public HttpStatusCode Status { get; private set; }

    /// <summary>Path and query of the page.</summary>
    public string Address { get; private set; } = "";

    public string Html { get; private set; } = "";

    /// <summary>The HTML with entities decoded.</summary>
    public string Text => WebUtility.HtmlDecode(Html);

    /// <summary>What the main part says, without tags.</summary>
    public string Main => Regex.Replace(WebUtility.HtmlDecode(Regex.Replace(Body(), "<[^>]*>", " ")), "\\s+", " ");

    /// <summary>The page's first heading.</summary>
    public string Heading => Regex.Match(Html, "<h1[^>]*>(.*?)</h1>", RegexOptions.Singleline).Groups[1].Value.Trim();

    public Task<Caller> GetAsync(string path) => GoAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>The answer itself: no redirect is followed, and the page stood on stays.</summary>
    public Task<HttpResponseMessage> RawAsync(HttpRequestMessage request) => _http.SendAsync(request);

    public Task<Caller> SendAsync(PageForm form) => PostAsync(form.Action, form.Fields);

    /// <summary>Posts with the antiforgery token of the page stood on.</summary>
    public Task<Caller> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var all = fields.ToList();
        if (all.All(f => f.Key != "__RequestVerificationToken") && Token() is { } token)
        {
            all.Add(new("__RequestVerificationToken", token));
        }

        return GoAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(all) });
    }

    /// <summary>The antiforgery token of the page stood on; null where it has no form.</summary>
    public string? Token() =>
        Regex.Match(Html, "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]*)\"") is { Success: true } m ? m.Groups[1].Value : null;

    /// <summary>The form with this field, or whose address names this handler or ends with it.</summary>
    public PageForm Form(string fieldOrHandler) => PageForm.Read(Html, Address)
        .FirstOrDefault(f => f.Fields.ContainsKey(fieldOrHandler) || f.Choices.ContainsKey(fieldOrHandler)
            || f.Action.Contains($"handler={fieldOrHandler}", StringComparison.OrdinalIgnoreCase) || f.Action.EndsWith("/" + fieldOrHandler, StringComparison.Ordinal))
        ?? throw new InvalidOperationException($"{Address} ({(int)Status}) has no form with {fieldOrHandler}: {Main[..Math.Min(400, Main.Length)]}");

    public string Find(string pattern) => Regex.Match(Text, pattern, RegexOptions.Singleline) is { Success: true } m
        ? m.Groups[1].Value
        : throw new InvalidOperationException($"{Address} ({(int)Status}) does not show {pattern}.");

    /// <summary>The message beside this field, or null.</summary>
    public string? ErrorAt(string field)
    {
        var id = Regex.Escape(field.Replace('.', '_').Replace('[', '_').Replace(']', '_'));
        return Regex.Match(Html, $"id=\"{id}-error\"[^>]*>(.*?)</p>", RegexOptions.Singleline) is { Success: true } m
            ? WebUtility.HtmlDecode(Regex.Replace(m.Groups[1].Value, "<[^>]*>", "")).Trim()
            : null;
    }

    public void Dispose() => _http.Dispose();

    private string Body() => Regex.Match(Html, "<main.*?</main>", RegexOptions.Singleline) is { Success: true } m ? m.Value : Html;

    private async Task<Caller> GoAsync(HttpRequestMessage request)
    {
        var answer = await _http.SendAsync(request);
        for (var i = 0; i < 8 && answer.Headers.Location is { } to; i++)
        {
            answer.Dispose();
            answer = await _http.GetAsync(to.IsAbsoluteUri ? to.PathAndQuery : to.OriginalString);
        }

        using (answer)
        {
            Html = await answer.Content.ReadAsStringAsync();
            Status = answer.StatusCode;
            Address = answer.RequestMessage!.RequestUri!.PathAndQuery;
            return (int)Status < 500 || Status == HttpStatusCode.ServiceUnavailable
                ? this
                : throw new InvalidOperationException($"{request.Method} {Address} answered {(int)Status}: {Main}");
        }
    }
}
