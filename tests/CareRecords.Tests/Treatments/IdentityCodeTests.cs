using CareRecords.Treatments;
using Shouldly;
using Xunit;

namespace CareRecords.Tests.Treatments;

public class IdentityCodeTests
{
    // DVV's published test codes and Kela's published test person, all separators in use since 2023.
    [Theory]
    [InlineData("010594Y9032", 1994, 5, 1)]
    [InlineData("010594Y9021", 1994, 5, 1)]
    [InlineData("020594X903P", 1994, 5, 2)]
    [InlineData("020594X902N", 1994, 5, 2)]
    [InlineData("030594W903B", 1994, 5, 3)]
    [InlineData("040594V9030", 1994, 5, 4)]
    [InlineData("050594U903M", 1994, 5, 5)]
    [InlineData("010516B903X", 2016, 5, 1)]
    [InlineData("020516C903K", 2016, 5, 2)]
    [InlineData("030516D9037", 2016, 5, 3)]
    [InlineData("010501E9032", 2001, 5, 1)]
    [InlineData("020503F9037", 2003, 5, 2)]
    [InlineData("010181-900C", 1981, 1, 1)]
    [InlineData(" 010181-900c ", 1981, 1, 1)]
    public void TryRead_PublishedTestCode_IsATestPersonsWithItsBirthDate(string text, int year, int month, int day)
    {
        IdentityCode.TryRead(text, out var code).ShouldBe(IdentityCode.Fault.None);
        code.BirthDate.ShouldBe(new DateOnly(year, month, day));
        code.IsTest.ShouldBeTrue();
        code.Value.ShouldBe(text.Trim().ToUpperInvariant());
    }

    [Theory]
    [InlineData("", IdentityCode.Fault.Shape)]
    [InlineData(null, IdentityCode.Fault.Shape)]
    [InlineData("010181900C", IdentityCode.Fault.Shape)]
    [InlineData("010181G900C", IdentityCode.Fault.Shape)]
    [InlineData("01018１-900C", IdentityCode.Fault.Shape)]
    [InlineData("310281-900C", IdentityCode.Fault.Date)]
    [InlineData("290201A900C", IdentityCode.Fault.Date)]
    [InlineData("010181-001C", IdentityCode.Fault.IndividualNumber)]
    [InlineData("010181-900D", IdentityCode.Fault.CheckCharacter)]
    // Staff ids in a published sample whose check characters are wrong.
    [InlineData("140480-998A", IdentityCode.Fault.CheckCharacter)]
    [InlineData("010100A998F", IdentityCode.Fault.CheckCharacter)]
    public void TryRead_NoIdentityCode_NamesTheFault(string? text, IdentityCode.Fault fault) =>
        IdentityCode.TryRead(text, out _).ShouldBe(fault);

    [Fact]
    public void TryRead_AnyOtherCheckCharacter_IsRefused()
    {
        const string valid = "010181-900C";
        foreach (var character in "0123456789ABCDEFHJKLMNPRSTUVWXY".Where(c => c != 'C'))
        {
            IdentityCode.TryRead(valid[..10] + character, out _).ShouldBe(IdentityCode.Fault.CheckCharacter);
        }
    }
}
