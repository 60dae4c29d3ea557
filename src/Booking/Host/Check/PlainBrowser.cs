using System.Net;
using System.Text.RegularExpressions;

namespace Booking.Host.Check;

/// <summary>A browser without script: cookies, redirects, forms. It stands on one page at a time.</summary>
internal sealed class PlainBrowser(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = true, MaxAutomaticRedirections = 8 })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(30),
        DefaultRequestHeaders = { { "Accept", "text/html" }, { "Accept-Language", "fi" } },
    };

    /// <summary>The page's HTML with entities decoded.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The page's path and query.</summary>
    public string Address { get; private set; } = "/";

    private string _html = "";

    public async Task GoAsync(string to, CancellationToken cancel) => await ShowAsync(await _http.GetAsync(new Uri(to, UriKind.RelativeOrAbsolute), cancel), cancel);

    /// <summary>Sends a form and follows where it leads. The page must not come back with an error.</summary>
    public async Task SendAsync(PageForm form, CancellationToken cancel)
    {
        using var content = new FormUrlEncodedContent(form.Fields);
        await ShowAsync(await _http.PostAsync(new Uri(form.Action, UriKind.Relative), content, cancel), cancel);
        if (Text.Contains("class=\"error-summary", StringComparison.Ordinal))
        {
            var summary = Text[Text.IndexOf("class=\"error-summary", StringComparison.Ordinal)..];
            throw new CheckFailedException($"{Address} refused the form: {Regex.Replace(summary[..Math.Min(600, summary.Length)], "<[^>]*>|\\s+", " ", RegexOptions.None, TimeSpan.FromSeconds(1)).Trim()}");
        }
    }

    /// <summary>The form with this field, or whose address names this handler.</summary>
    public PageForm Form(string fieldOrHandler) =>
        PageForm.Read(_html, Address).FirstOrDefault(f => f.Fields.ContainsKey(fieldOrHandler) || f.Choices.ContainsKey(fieldOrHandler)
            || f.Action.Contains($"handler={fieldOrHandler}", StringComparison.OrdinalIgnoreCase))
        ?? throw new CheckFailedException($"{Address} has no form with {fieldOrHandler}.");

    /// <summary>The first match's first group in the page.</summary>
    public string Find(string pattern) =>
        Regex.Match(Text, pattern, RegexOptions.Singleline, TimeSpan.FromSeconds(2)) is { Success: true } m
            ? m.Groups[1].Value
            : throw new CheckFailedException($"{Address} does not show {pattern}.");

    /// <summary>The same of the last match.</summary>
    public string FindLast(string pattern) =>
        Regex.Matches(Text, pattern, RegexOptions.Singleline, TimeSpan.FromSeconds(2)) is { Count: > 0 } all
            ? all[^1].Groups[1].Value
            : throw new CheckFailedException($"{Address} does not show {pattern}.");

    public void MustShow(string text)
    {
        if (!Text.Contains(text, StringComparison.Ordinal))
        {
            throw new CheckFailedException($"{Address} does not show \"{text}\".");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task ShowAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        using (answer)
        {
            _html = await answer.Content.ReadAsStringAsync(cancel);
            Text = WebUtility.HtmlDecode(_html);
            Address = answer.RequestMessage!.RequestUri!.PathAndQuery;
            if (!answer.IsSuccessStatusCode)
            {
                throw new CheckFailedException($"{answer.RequestMessage.Method} {Address} answered {(int)answer.StatusCode}.");
            }
        }
    }
}
