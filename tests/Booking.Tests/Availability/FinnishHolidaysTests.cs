using Booking.Availability;
using Shouldly;
using Xunit;

namespace Booking.Tests.Availability;

public class FinnishHolidaysTests
{
    [Theory]
    [InlineData("2026-01-01"), InlineData("2026-01-06"), InlineData("2026-04-03"), InlineData("2026-04-05"), InlineData("2026-04-06")]
    [InlineData("2026-05-14"), InlineData("2026-05-24"), InlineData("2026-06-19"), InlineData("2026-06-20"), InlineData("2026-10-31")]
    [InlineData("2026-12-06"), InlineData("2026-12-24"), InlineData("2026-12-25"), InlineData("2026-12-26")]
    [InlineData("2027-03-26"), InlineData("2027-03-28"), InlineData("2027-05-06"), InlineData("2027-06-26"), InlineData("2027-11-06")]
    public void IsClosed_OnHoliday_True(string date) =>
        FinnishHolidays.IsClosed(DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture)).ShouldBeTrue();

    [Theory]
    [InlineData("2026-01-02"), InlineData("2026-04-07"), InlineData("2026-10-30"), InlineData("2026-12-27"), InlineData("2027-06-19")]
    public void IsClosed_OnOrdinaryDay_False(string date) =>
        FinnishHolidays.IsClosed(DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture)).ShouldBeFalse();

    [Fact]
    public void IsClosed_CountsFifteenDaysInAYearAtMost()
    {
        for (var year = 2024; year < 2060; year++)
        {
            var closed = Enumerable.Range(0, 366).Select(n => new DateOnly(year, 1, 1).AddDays(n)).Where(d => d.Year == year).Count(FinnishHolidays.IsClosed);
            closed.ShouldBeInRange(14, 15, year.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
