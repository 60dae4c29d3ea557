using System.Text;
using KantaConnector.Queue;
using KantaConnector.Tests.Fixtures;
using KantaConnector.Transport;
using Shouldly;

namespace KantaConnector.Tests.Queue;

public class OutcomeTests
{
    private const string Sent = "1.2.3.4";

    private static Outcome Of(int status, string body) =>
        Outcome.Of(new TransportAnswer.Answered(status, Encoding.UTF8.GetBytes(body), null), Sent, ["SIM-V10"]);

    [Theory]
    [InlineData(200, "AA", "", nameof(Outcome.Accepted))]
    [InlineData(500, "AA", "", nameof(Outcome.Unknown))]
    [InlineData(600, "AA", "", nameof(Outcome.Unknown))]
    [InlineData(206, "AE", "SIM-C01", nameof(Outcome.Unknown))]
    [InlineData(200, "AE", "SIM-V10", nameof(Outcome.Accepted))]
    [InlineData(200, "AE", "SIM-V10 SIM-C01", nameof(Outcome.Refused))]
    [InlineData(200, "AE", "SIM-V11", nameof(Outcome.Refused))]
    [InlineData(200, "AE", "", nameof(Outcome.Unknown))]
    [InlineData(200, "AA", "SIM-C01", nameof(Outcome.Unknown))]
    [InlineData(200, "AR", "SIM-M04", nameof(Outcome.Rejected))]
    [InlineData(200, "CR", "", nameof(Outcome.Rejected))]
    [InlineData(200, "ZZ", "", nameof(Outcome.Unknown))]
    public void Of_Acknowledgement_IsJudged(int status, string type, string codes, string expected) =>
        Of(status, ArchiveSink.Answer(type, Sent, codes.Split(' ', StringSplitOptions.RemoveEmptyEntries))).GetType().Name.ShouldBe(expected);

    [Fact]
    public void Of_AlreadyArchivedWithARemark_IsAccepted() => Of(200, ArchiveSink.Answer("AE", Sent, "SIM-V10").Replace("</acknowledgement>",
        "<acknowledgementDetail typeCode=\"W\"><code code=\"SIM-G20\"/></acknowledgementDetail></acknowledgement>", StringComparison.Ordinal)).ShouldBeOfType<Outcome.Accepted>();

    [Fact]
    public void Of_AnswerToAnotherMessage_IsUnknown() => Of(200, ArchiveSink.Answer("AA", "1.2.3.5")).ShouldBeOfType<Outcome.Unknown>();

    [Fact]
    public void Of_HttpError_SaysSo() => Of(503, "busy").ShouldBeOfType<Outcome.Unknown>().Reason.ShouldBe("HTTP 503: the answer is not well-formed XML");
}
