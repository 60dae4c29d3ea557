using Booking.Availability;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Booking.Tests.Availability;

public class FreeTimesTests
{
    private static readonly TimeZoneInfo Helsinki = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki");
    private static readonly TimeRange Always = new(DateTime.MinValue, DateTime.MaxValue);
    private static readonly VisitShape Hour = new(TimeSpan.FromHours(1), TimeSpan.Zero, TimeSpan.FromMinutes(30));

    [Fact]
    public void On_BreakAndBooking_AreLeftOut()
    {
        var date = new DateOnly(2026, 11, 24);
        var busy = new[] { Range(date, "09:30", "10:30") };
        Local(date, Week("08:00", "15:00", ("12:00", "13:00")), Hour, busy).ShouldBe(["08:00", "08:30", "10:30", "11:00", "13:00", "13:30", "14:00"]);
    }

    [Fact]
    public void On_Buffer_MayRunPastClosingButNotIntoABooking()
    {
        var date = new DateOnly(2026, 11, 24);
        var shape = Hour with { AfterBuffer = TimeSpan.FromMinutes(30) };
        Local(date, Week("08:00", "12:00"), shape, [Range(date, "10:00", "10:30")]).ShouldBe(["08:00", "08:30", "10:30", "11:00"]);
    }

    // The clock is turned back at 04:00 (03:00 comes twice) on 2026-10-25 and 2027-10-31, forward at 03:00 on 2027-03-28.
    [Theory]
    [InlineData("2026-10-25", "06:00", 7 * 60), InlineData("2027-10-31", "06:00", 7 * 60), InlineData("2027-03-28", "06:00", 5 * 60)]
    [InlineData("2026-10-24", "06:00", 6 * 60), InlineData("2027-03-29", "06:00", 6 * 60)]
    public void On_NightOfTheClockChange_IsAsLongAsItReallyIs(string day, string closes, int minutes)
    {
        var date = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);
        var open = OpenTimes.On(date, Week("00:00", closes) with { ClosedOnPublicHolidays = false }).ShouldHaveSingleItem();
        (open.To - open.From).TotalMinutes.ShouldBe(minutes);
    }

    [Theory]
    [InlineData("2026-10-25"), InlineData("2027-10-31"), InlineData("2027-03-28"), InlineData("2026-10-26"), InlineData("2027-03-29")]
    public void On_AfternoonOfTheClockChange_KeepsItsWallTimes(string day)
    {
        var date = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);
        Local(date, Week("13:00", "16:00") with { ClosedOnPublicHolidays = false }, Hour, []).ShouldBe(["13:00", "13:30", "14:00", "14:30", "15:00"]);
    }

    [Fact]
    public void On_SpringGap_OffersNoTimeThatDoesNotExist()
    {
        var times = Local(new DateOnly(2027, 3, 28), Week("02:00", "06:00") with { ClosedOnPublicHolidays = false }, Hour, []);
        times.ShouldBe(["02:00", "02:30", "04:00", "04:30", "05:00"]);
    }

    [Fact]
    public void On_AutumnRepeat_OffersTheHourOnce()
    {
        var times = Local(new DateOnly(2026, 10, 25), Week("02:00", "05:00") with { ClosedOnPublicHolidays = false }, Hour, []);
        times.ShouldBe(["02:00", "02:30", "03:00", "03:30", "04:00"]);
        WallTime.ToInstant(new DateOnly(2026, 10, 25), new TimeOnly(3, 30), Helsinki).ShouldBe(new DateTime(2026, 10, 25, 0, 30, 0, DateTimeKind.Utc));
    }

    [Fact]
    public void On_ClosedDays_AreEmptyUnlessOpenedByDate()
    {
        var date = new DateOnly(2026, 12, 24);
        var rules = Week("08:00", "10:00");
        Local(date, rules, Hour, []).ShouldBeEmpty();
        Local(date, rules with { Exceptions = [new DateRule(date, true, new TimeOnly(9, 0), new TimeOnly(10, 0))] }, Hour, []).ShouldBe(["09:00"]);
        var ordinary = new DateOnly(2026, 12, 28);
        Local(ordinary, rules with { Closed = [new ClosedPeriod(ordinary, ordinary)] }, Hour, []).ShouldBeEmpty();
        Local(ordinary, rules with { Exceptions = [new DateRule(ordinary, false, null, null)] }, Hour, []).ShouldBeEmpty();
        Local(ordinary, rules with { Exceptions = [new DateRule(ordinary, false, new TimeOnly(8, 0), new TimeOnly(9, 0))] }, Hour, []).ShouldBe(["09:00"]);
    }

    [Fact]
    public void On_NoticeAndHorizon_CutTheDay()
    {
        var date = new DateOnly(2026, 11, 24);
        var window = Range(date, "09:00", "10:00");
        FreeTimes.On(date, Week("08:00", "15:00"), Hour, [], window).Select(t => WallTime.ToLocal(t, Helsinki).ToString("HH:mm", null)).ShouldBe(["09:00", "09:30"]);
    }

    [Fact]
    public void On_AnyRulesAndBookings_OffersOnlyTimesThatFit()
    {
        var generated =
            from day in Gen.Choose(0, 800)
            from opens in Gen.Choose(0, 20)
            from length in Gen.Choose(1, 10)
            from duration in Gen.Choose(1, 24)
            from buffer in Gen.Choose(0, 6)
            from grid in Gen.Elements(5, 10, 15, 20, 30, 60)
            from busy in Gen.Choose(0, 1440).Two().ListOf()
            select (Day: new DateOnly(2026, 1, 1).AddDays(day), Opens: opens, Closes: Math.Min(opens + length, 23), duration, buffer, grid, busy);
        Prop.ForAll(generated.ToArbitrary(), c =>
        {
            var rules = new CalendarRules
            {
                Zone = Helsinki,
                ClosedOnPublicHolidays = false,
                Weekly = [new WeeklyHours(c.Day.DayOfWeek, new TimeOnly(c.Opens, 0), new TimeOnly(c.Closes, 0))],
            };
            var shape = new VisitShape(TimeSpan.FromMinutes(5 * c.duration), TimeSpan.FromMinutes(5 * c.buffer), TimeSpan.FromMinutes(c.grid));
            var day = WallTime.Day(c.Day, Helsinki);
            var busy = c.busy.Select(b => new TimeRange(day.From.AddMinutes(b.Item1), day.From.AddMinutes(b.Item1 + (b.Item2 % 90) + 1))).ToList();
            var free = FreeTimes.On(c.Day, rules, shape, busy, Always).ToList();
            var open = OpenTimes.On(c.Day, rules);
            foreach (var start in free)
            {
                open.Any(o => o.From <= start && start + shape.Duration <= o.To).ShouldBeTrue();
                busy.Any(b => b.From < start + shape.Duration + shape.AfterBuffer && start < b.To).ShouldBeFalse();
                WallTime.LocalDate(start, Helsinki).ShouldBe(c.Day);
                (WallTime.ToLocal(start, Helsinki).TimeOfDay.TotalMinutes % c.grid).ShouldBe(0);
            }

            free.ShouldBe(free.Distinct().Order());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Subtract_AnyRanges_LeavesExactlyTheMinutesOutsideTheCuts()
    {
        var origin = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        TimeRange Minutes((int From, int Length) r) => new(origin.AddMinutes(r.From), origin.AddMinutes(r.From + r.Length));
        var ranges = Gen.Choose(0, 60).Two().ListOf();
        Prop.ForAll(ranges.ToArbitrary(), ranges.ToArbitrary(), (some, cuts) =>
        {
            var union = TimeRange.Union(some.Select(Minutes));
            var left = TimeRange.Subtract(union, [.. cuts.Select(Minutes)]);
            for (var minute = 0; minute < 130; minute++)
            {
                var at = new TimeRange(origin.AddMinutes(minute), origin.AddMinutes(minute + 1));
                var expected = some.Any(r => Minutes(r).Contains(at)) && !cuts.Any(r => Minutes(r).Contains(at));
                left.Any(r => r.Contains(at)).ShouldBe(expected);
            }
        }).QuickCheckThrowOnFailure();
    }

    private static CalendarRules Week(string from, string to, (string From, string To)? pause = null) => new()
    {
        Zone = Helsinki,
        Weekly =
        [
            .. Enum.GetValues<DayOfWeek>().Select(d => new WeeklyHours(d, Time(from), Time(to))),
            .. pause is { } p ? Enum.GetValues<DayOfWeek>().Select(d => new WeeklyHours(d, Time(p.From), Time(p.To), IsBreak: true)) : [],
        ],
    };

    private static TimeOnly Time(string text) => TimeOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static TimeRange Range(DateOnly date, string from, string to) =>
        new(WallTime.ToInstant(date, Time(from), Helsinki), WallTime.ToInstant(date, Time(to), Helsinki));

    private static List<string> Local(DateOnly date, CalendarRules rules, VisitShape shape, IReadOnlyList<TimeRange> busy) =>
        [.. FreeTimes.On(date, rules, shape, busy, Always).Select(t => WallTime.ToLocal(t, Helsinki).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture))];
}
