using System.Globalization;
using Booking.Texts;
using Booking.Ui;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Booking.Tests.Ui;

public sealed class TextTests
{
    private static readonly Translator Texts = new(new TextCatalogue());

    [Fact]
    public void EveryText_ExistsInEveryLanguage_WithTheSamePlaceholders()
    {
        var catalogue = new TextCatalogue();
        catalogue.Keys.Count().ShouldBeGreaterThan(100);
        foreach (var key in catalogue.Keys)
        {
            var holes = TextCatalogue.Languages.Select(l => string.Concat(Enumerable.Range(0, 9).Where(i => catalogue.Find(key, l).Other.Contains($"{{{i}}}")))).Distinct();
            holes.Count().ShouldBe(1, key);
        }
    }

    [Fact]
    public void Count_ChoosesSingularAndPlural()
    {
        Texts.In("en").Count("Account.RecoveryLeft", 1).ShouldBe("1 recovery code left");
        Texts.In("fi").Count("Account.RecoveryLeft", 0).ShouldBe("0 varakoodia jäljellä");
    }

    [Fact]
    public void Html_EncodesTextAndArguments_ButNotMarkup()
    {
        using var writer = new StringWriter();
        Texts.In("en").Html("Account.ActingAs", "<script>").WriteTo(writer, System.Text.Encodings.Web.HtmlEncoder.Default);
        writer.ToString().ShouldBe("You act as &lt;script&gt;");
        using var second = new StringWriter();
        Texts.In("en").Html("Account.ActingAs", new HtmlString("<b>x</b>")).WriteTo(second, System.Text.Encodings.Web.HtmlEncoder.Default);
        second.ToString().ShouldBe("You act as <b>x</b>");
    }

    [Fact]
    public void UnknownKey_Throws() => Should.Throw<KeyNotFoundException>(() => Texts.Get("No.Such"));

    [Theory]
    [InlineData("sv-FI,sv;q=0.9,en;q=0.8", "sv")]
    [InlineData("de,en-US;q=0.5,fi;q=0.3", "en")]
    [InlineData("de", "fi")]
    [InlineData("", "fi")]
    [InlineData("en;q=0.2, fi;q=0.9", "fi")]
    public void AcceptLanguage_ChoosesTheBestOfOurs(string header, string language)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.AcceptLanguage = header;
        RequestLanguage.Accepted(request).ShouldBe(language);
    }

    [Theory]
    [InlineData("fi", "keskiviikko 25. marraskuuta 2026", "14.30", "45,00\u00a0€", "2 t 30 min")]
    [InlineData("sv", "onsdag 25 november 2026", "14.30", "45,00\u00a0€", "2 h 30 min")]
    [InlineData("en", "Wednesday 25 November 2026", "14:30", "€45.00", "2 h 30 min")]
    public void Dates_FollowFinnishUsage_InEveryLanguage(string language, string date, string time, string euros, string duration)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = RequestLanguage.Culture(language);
        try
        {
            Show.LongDate(new DateOnly(2026, 11, 25)).ShouldBe(date);
            Show.Date(new DateOnly(2026, 11, 5)).ShouldBe("5.11.2026");
            // 12.30 UTC is 14.30 in Helsinki in winter
            Show.Time(new DateTimeOffset(2026, 11, 25, 12, 30, 0, TimeSpan.Zero)).ShouldBe(time);
            Show.Euros(45).ShouldBe(euros);
            Show.Minutes(150).ShouldBe(duration);
            Show.Minutes(75).ShouldBe("75 min");
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Theory]
    [InlineData("fi")]
    [InlineData("sv")]
    [InlineData("en")]
    public void Cultures_StartTheWeekOnMonday_AndReadTimeFields(string language)
    {
        var culture = RequestLanguage.Culture(language);
        culture.DateTimeFormat.FirstDayOfWeek.ShouldBe(DayOfWeek.Monday);
        TimeOnly.Parse("14:30", culture).ShouldBe(new TimeOnly(14, 30));
        DateOnly.Parse("2026-11-25", culture).ShouldBe(new DateOnly(2026, 11, 25));
    }
}
