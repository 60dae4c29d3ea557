using Benchmarks;
using Benchmarks.Kanta;

if (FirstValidationBenchmark.RunAsChild(args) || await ConstantSink.RunAsChildAsync(args) || await KantaApp.RunAsChildAsync(args))
{
    return 0;
}

var quick = args.Contains("--quick");
var names = args.Where(a => !a.StartsWith('-')).ToArray();
var all = typeof(IBenchmark).Assembly.GetTypes().Where(t => t is { IsAbstract: false } && t.IsAssignableTo(typeof(IBenchmark)))
    .Select(t => (IBenchmark)Activator.CreateInstance(t)!).OrderBy(b => b.Name, StringComparer.Ordinal).ToArray();
if (names.Except(all.Select(b => b.Name)).ToArray() is [var unknown, ..])
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. There are: {string.Join(", ", all.Select(b => b.Name))}.");
    return 2;
}

var missed = false;
foreach (var benchmark in all.Where(b => names.Length == 0 || names.Contains(b.Name)))
{
    foreach (var figure in benchmark.Run(quick))
    {
        Console.WriteLine(figure);
        missed |= !figure.IsMet;
    }
}

return missed ? 1 : 0;
