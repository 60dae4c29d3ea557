using System.Net;
using Shouldly;
using Xunit;

namespace Booking.Tests.Host;

public sealed class WebSurfaceTests(BookingApp app) : IClassFixture<BookingApp>
{
    [Theory]
    [InlineData("/health/live", HttpStatusCode.OK)]
    [InlineData("/health/ready", HttpStatusCode.OK)]
    [InlineData("/no/such/page", HttpStatusCode.NotFound)]
    [InlineData("/error/500", HttpStatusCode.NotFound)]
    [InlineData("/..%2f..%2fappsettings.json", HttpStatusCode.NotFound)]
    public async Task Get_Anything_CarriesTheSecurityHeadersAndNamesNoServer(string path, HttpStatusCode status)
    {
        using var answer = await app.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(status);
        answer.Headers.Server.ShouldBeEmpty();
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        answer.Headers.GetValues("Cross-Origin-Opener-Policy").ShouldBe(["same-origin"]);
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task Get_UnknownPageAsAProgram_AnswersProblemDetails()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/no/such/page");
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Post_TooLargeABody_IsRefused()
    {
        using var body = new ByteArrayContent(new byte[3 * 1024 * 1024]);
        using var answer = await app.Client.PostAsync(new Uri("/error/404", UriKind.Relative), body, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldNotBe(HttpStatusCode.OK);
    }
}
