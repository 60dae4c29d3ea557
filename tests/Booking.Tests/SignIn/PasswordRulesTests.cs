using Booking.SignIn;
using Shouldly;
using Xunit;

namespace Booking.Tests.SignIn;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("password1234")]
    [InlineData("Salasana2026!")]
    [InlineData("P4ssw0rd!2026")]
    [InlineData("qwertyuiop12")]
    [InlineData("123456789012")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("abcabcabcabc")]
    [InlineData("kissakoira123")]
    [InlineData("CareRecords2026")]
    [InlineData("asdfghjklöä1")]
    [InlineData("1234qwerasdfzxcv")]
    [InlineData("Helsinki-Suomi-1917")]
    [InlineData("aino.testinen1")]
    public void Guessable_IsRefused(string password) =>
        PasswordRules.Fault(password, "aino.testinen@example.test", "Aino Testinen").ShouldBe("Account.PasswordCommon");

    [Theory]
    [InlineData("neljä-outoa-sanaa-rivissä")]
    [InlineData("sininen hevonen lentää")]
    [InlineData("tl7Qz0wV1nRb")]
    [InlineData("mummonpunainentraktori")]
    [InlineData("🐴🐴 hevonen 12 kukkoa")]
    public void Others_ArePassed_WithoutComposition(string password) => PasswordRules.Fault(password, "aino@example.test").ShouldBeNull();

    [Fact]
    public void Length_IsCountedInCharacters()
    {
        PasswordRules.Fault("tl7Qz0wV1nR").ShouldBe("Account.PasswordTooShort");
        PasswordRules.Fault(new string('x', 100) + Guid.NewGuid() + new string('y', 200)).ShouldBe("Account.PasswordTooLong");
    }
}
