using Booking.SignIn;
using Shouldly;
using Xunit;

namespace Booking.Tests.SignIn;

public sealed class ThrottleTests
{
    [Theory]
    [InlineData(3, 0, 0)]
    [InlineData(4, 0, 2)]
    [InlineData(5, 0, 4)]
    [InlineData(5, 3, 1)]
    [InlineData(9, 0, 64)]
    [InlineData(1000, 0, 900)]
    [InlineData(1000, 3601, 0)]
    public void Wait_DoublesUpToTheLongest_AndIsForgotten(int failures, int since, int seconds) =>
        Throttle.Wait(new(4, TimeSpan.FromMinutes(15)), failures, TimeSpan.FromSeconds(since)).ShouldBe(TimeSpan.FromSeconds(seconds));
}
