using System.Text;
using CareRecords.Terminology;
using Shouldly;
using Xunit;

namespace CareRecords.Tests.Terminology;

public class CodeFileTests
{
    private static IReadOnlyList<CodeLine> Read(string text) => CodeFile.Read(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("CodeId\tShortName\tLongName\tBeginDate\tExpiringDate\tParentId\n331\tKIE\tKieltoasiakirja\t2012-01-10\t2030-12-31\t3\n")]
    [InlineData("CodeId;ShortName;LongName;BeginDate;ExpirationDate;ParentId\r\n331;KIE;Kieltoasiakirja;10.1.2012;31.12.2030;3\r\n")]
    [InlineData("\uFEFFParentId,LongName,ShortName,CodeId,BeginDate,EndDate\n3,\"Kieltoasiakirja\",KIE,331,2012-01-10T00:00:00,20301231")]
    public void Read_TheSameCodeInThreeForms_IsTheSame(string text) =>
        Read(text).ShouldBe([new CodeLine("331", "KIE", "Kieltoasiakirja", "3", new DateOnly(2012, 1, 10), new DateOnly(2030, 12, 31))]);

    [Fact]
    public void Read_QuotedFields_KeepSeparatorsQuotesAndLineBreaks() =>
        Read("CodeId;ShortName\n1;\"a;\"\"b\"\"\nc\"\n2;d\n").Select(line => line.ShortName).ShouldBe(["a;\"b\"\nc", "d"]);

    [Fact]
    public void Read_UnknownColumnsAndEmptyLines_AreLeftAlone() =>
        Read("CodeId;ShortName;Colour\n\n1;a;red\n;;\n").ShouldBe([new CodeLine("1", "a", null, null, null, null)]);

    [Theory]
    [InlineData("", "no header line")]
    [InlineData("CodeId;ShortName\n", "no header line")]
    [InlineData("Foo;Bar\n1;2\n", "no code (CodeId) or no short name")]
    [InlineData("CodeId;ShortName\n1;\n", "Line 2")]
    [InlineData("CodeId;ShortName\n1 2;a\n", "spaces")]
    [InlineData("CodeId;ShortName\n1;a\n1;b\n", "Line 3: code 1 stands in the file twice")]
    [InlineData("CodeId;ShortName;BeginDate\n1;a;yesterday\n", "date")]
    [InlineData("CodeId;ShortName;BeginDate;EndDate\n1;a;2026-02-01;2026-01-01\n", "before the beginning")]
    [InlineData("CodeId;ShortName\n1;\"a\n", "never closed")]
    public void Read_BadFile_IsRefusedWithTheReason(string text, string reason) =>
        Should.Throw<CodeFileException>(() => Read(text)).Message.ShouldContain(reason);

    [Fact]
    public void Read_ManyFaults_AreAllToldUpToALimit()
    {
        var bad = Should.Throw<CodeFileException>(() => Read("CodeId;ShortName\n" + string.Concat(Enumerable.Repeat(";x\n", 30))));
        bad.Faults.Count.ShouldBe(21);
        bad.Faults[^1].ShouldBe("and 10 more faults");
    }

    [Fact]
    public void Read_Latin1_SaysToSaveAsUtf8() =>
        Should.Throw<CodeFileException>(() => CodeFile.Read(Encoding.Latin1.GetBytes("CodeId;ShortName\n1;äö\n"))).Message.ShouldContain("UTF-8");
}
