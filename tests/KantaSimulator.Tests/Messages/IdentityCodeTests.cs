using FsCheck;
using FsCheck.Fluent;
using KantaSimulator.Checks;
using KantaSimulator.Message;

namespace KantaSimulator.Tests.Messages;

public sealed class IdentityCodeTests
{
    [Theory]
    [InlineData("010594Y9032", 1994)]
    [InlineData("010594Y9021", 1994)]
    [InlineData("020594X903P", 1994)]
    [InlineData("020594X902N", 1994)]
    [InlineData("030594W903B", 1994)]
    [InlineData("040594V9030", 1994)]
    [InlineData("050594U903M", 1994)]
    [InlineData("010516B903X", 2016)]
    [InlineData("020516C903K", 2016)]
    [InlineData("030516D9037", 2016)]
    [InlineData("010501E9032", 2001)]
    [InlineData("020503F9037", 2003)]
    [InlineData("010181-900C", 1981)]
    public void PublishedTestCodes_AreAccepted(string code, int year)
    {
        Assert.Null(IdentityChecks.Judge(code));
        Assert.Equal(year, IdentityCode.Read(code)!.Value.Birth.Year);
    }

    [Theory]
    [InlineData("010594Y9033", "SIM-C06")]
    [InlineData("310294Y9032", "SIM-C05")]
    [InlineData("010594Z9032", "SIM-C05")]
    [InlineData("010594y9032", "SIM-C05")]
    [InlineData("010594Y903", "SIM-C05")]
    [InlineData("010594Y903G", "SIM-C05")]
    [InlineData("٠١٠٥٩٤Y9032", "SIM-C05")]
    [InlineData("290299-900A", "SIM-C05")]
    public void Others_AreRefusedWithTheirCode(string code, string rule) => Assert.Equal(rule, IdentityChecks.Judge(code)?.Code);

    [Fact]
    public void EveryOtherCheckCharacter_IsRefused() => Prop.ForAll(
        Arb.From(from day in Gen.Choose(1, 28)
                 from month in Gen.Choose(1, 12)
                 from year in Gen.Choose(0, 99)
                 from sign in Gen.Elements("+-YXWVUABCDEF".ToCharArray())
                 from number in Gen.Choose(900, 999)
                 select $"{day:00}{month:00}{year:00}{sign}{number}"),
        code => Assert.Single("0123456789ABCDEFHJKLMNPRSTUVWXY", c => IdentityChecks.Judge(code + c) is null)).QuickCheckThrowOnFailure();
}
