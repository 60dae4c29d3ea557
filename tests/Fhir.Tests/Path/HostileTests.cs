using System.Diagnostics;
using Fhir.FhirPath;

namespace Fhir.Tests.FhirPath;

/// <summary>Expressions that try to exhaust the engine end in an error, soon.</summary>
public sealed class HostileTests
{
    public static TheoryData<string, string> Cases() => new()
    {
        { new string('(', 50_000) + "1" + new string(')', 50_000), "!syntax" },
        { string.Concat(Enumerable.Repeat("-", 10_000)) + "1", "!syntax" },
        { "name" + string.Concat(Enumerable.Repeat(".where(true)", 5_000)), "!syntax" },
        { string.Join(" and ", Enumerable.Repeat("true", 10_000)), "!syntax" },
        { "'" + new string('a', 70_000) + "'", "!syntax" },
        { "1.repeat($this + 1)", "!execution" },
        { "'a'.repeatAll($this)", "!execution" },
        { "'a'.repeatAll($this | $this & 'b')", "!execution" },
        { "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')", "false" },
        { "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(?=x?)(a+)+$')", "!execution" },
        { "'abcdefghij'" + string.Concat(Enumerable.Repeat(".replace('', 'abcdefghij')", 12)), "!execution" },
        { "(1|2|3|4|5|6|7|8|9)" + string.Concat(Enumerable.Repeat(".select($this.combine(10).combine(11).combine(12).combine(13).combine(14).combine(15).combine(16))", 12)), "!execution" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void HostileExpression_EndsSoon(string expression, string expected)
    {
        var clock = Stopwatch.StartNew();
        Assert.Equal(expected, Expect.Outcome(expression, null));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}");
    }

    [Fact]
    public void Limits_AreTheCallers()
    {
        var environment = new FhirPathEnvironment { Limits = new FhirPathLimits { Steps = 10_000 } };
        Expect.Gives("(1).repeat(iif($this < 100000, $this + 1, {})).count()", "!execution", null, environment);
    }

    [Fact]
    public void Cancellation_EndsTheEvaluation()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var environment = new FhirPathEnvironment { Cancellation = cancelled.Token };
        Assert.Throws<OperationCanceledException>(() => FhirPathExpression.Compile("1.repeat($this + 1)").Evaluate(null, environment));
    }

    [Fact]
    public void FailedEvaluation_LeavesNothingBehind()
    {
        for (var i = 0; i < 100; i++)
        {
            Expect.Gives("(1 | 2 | 3).select($this | (4 | 5).single())", "!execution");
            Expect.Gives("(1 | 2).where($index = 1)", "2");
        }
    }

    [Fact]
    public void OneExpression_ServesManyThreads()
    {
        var expression = FhirPathExpression.Compile("name.where(use = 'official').given.join(' ')", "Patient");
        Parallel.For(0, 2_000, _ => Assert.Equal("Aino Maria", expression.Evaluate(Expect.Patient)[0].AsString));
    }

    [Fact]
    public void SimpleInvariant_AllocatesNothing()
    {
        var expression = FhirPathExpression.Compile("name.exists() and (contained.empty() or active = true)", "Patient");
        Assert.True(expression.IsTrue(Expect.Patient));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            expression.IsTrue(Expect.Patient);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }
}
