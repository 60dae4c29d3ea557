using CareRecords.Treatments;
using Shouldly;
using Xunit;

namespace CareRecords.Tests.Treatments;

public sealed class MinorsTests
{
    // Half past midnight in Helsinki is still the day before by UTC, in winter and in summer: neither that nor the machine's zone decides.
    [Theory]
    [InlineData("2026-11-25T22:30:00Z", "2008-11-26", false)]
    [InlineData("2026-11-25T21:30:00Z", "2008-11-26", true)]
    [InlineData("2026-06-25T21:30:00Z", "2008-06-26", false)]
    [InlineData("2026-06-25T20:30:00Z", "2008-06-26", true)]
    public void IsMinor_AroundMidnight_GoesByThePracticesDate(string began, string birth, bool minor)
    {
        var visit = new VisitFacts(
            Guid.NewGuid(), "p", null, Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), "Fysioterapia", true, "in_person", DateTimeOffset.Parse(began, null), null,
            "Europe/Helsinki", null);
        PortalView.IsMinor(visit, DateOnly.Parse(birth, null)).ShouldBe(minor);
        PortalView.Shows(visit, DateOnly.Parse(birth, null)).ShouldBe(!minor);
    }
}
