using Booking.Customers;
using Shouldly;
using Xunit;

namespace Booking.Tests.Customers;

public class SearchKeysTests
{
    [Theory]
    [InlineData("040 123 4567", "+358401234567"), InlineData("+358 40 1234567", "+358401234567"), InlineData("0035840-1234567", "+358401234567")]
    [InlineData("(09) 123456", "+3589123456"), InlineData("+46 70 1234567", "+46701234567"), InlineData("123", null), InlineData("soita", null)]
    [InlineData("0401234567890123456", null)]
    public void Phone_Number_BecomesInternational(string number, string? expected) => SearchKeys.Phone(number).ShouldBe(expected);

    [Fact]
    public void NameBeginnings_Name_AreFoundByWhatPeopleType()
    {
        var keys = SearchKeys.NameBeginnings("Mäki-Ääripää", "Örjan Åke");
        foreach (var typed in new[] { "mäki", "MAKI", "ää", "orj", "Åke", "Mäki Örjan", "äärip" })
        {
            SearchKeys.Wanted(typed).ShouldNotBeEmpty();
            SearchKeys.Wanted(typed).ShouldAllBe(w => keys.Contains(w));
        }

        SearchKeys.Wanted("virta").ShouldAllBe(w => !keys.Contains(w));
        SearchKeys.Wanted("v ").ShouldBeEmpty();
    }
}
