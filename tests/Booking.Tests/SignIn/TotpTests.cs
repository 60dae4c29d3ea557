using Booking.SignIn;
using Shouldly;
using Xunit;

namespace Booking.Tests.SignIn;

public sealed class TotpTests
{
    // RFC 6238, appendix B (SHA-1), last six digits; the secret is "12345678901234567890".
    private const string Key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1234567890, "005924")]
    [InlineData(20000000000, "353130")]
    public void Code_OfTheStandardsExamples(long second, string code) => Totp.Code(Key, second / 30).ShouldBe(code);

    [Fact]
    public void Accept_TakesOneStepAround_AndNothingUsed()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000);
        var step = Totp.StepAt(now);
        Totp.Accept(Key, Totp.Code(Key, step - 1), now, 0).ShouldBe(step - 1);
        Totp.Accept(Key, Totp.Code(Key, step - 2), now, 0).ShouldBeNull();
        Totp.Accept(Key, Totp.Code(Key, step), now, step).ShouldBeNull();
        Totp.Accept(Key, "", now, 0).ShouldBeNull();
    }
}
