using Benchmarks;
using Benchmarks.Http;
using Benchmarks.Kanta;

if (FirstValidationBenchmark.RunAsChild(args) || await ConstantServer.RunAsChildAsync(args) || await ConstantSink.RunAsChildAsync(args)
    || await KantaApp.RunAsChildAsync(args))
{
    return 0;
}

var quick = args.Contains("--quick");
var names = args.Where(a => !a.StartsWith('-')).ToArray();
IBenchmark[] all =
[
    .. typeof(IBenchmark).Assembly.GetTypes()
        .Where(t => t is { IsAbstract: false } && t.IsAssignableTo(typeof(IBenchmark)) && t.GetConstructor([]) is not null)
        .Select(t => (IBenchmark)Activator.CreateInstance(t)!),
    .. FhirCreateBenchmark.Each, .. FhirSearchBenchmark.Each,
];
Array.Sort(all, (a, b) => string.CompareOrdinal(a.Name, b.Name));
if (args.Contains("--help"))
{
    Console.WriteLine("./bench.sh [NAME…] [--quick]: NAME value unit | limit value unit | value/limit. Exit 1: a limit is missed; 2: no such name.");
    foreach (var benchmark in all)
    {
        Console.WriteLine($"{benchmark.Name}\n    {benchmark.Help}");
    }

    return 0;
}

if (names.Except(all.Select(b => b.Name)).ToArray() is [var unknown, ..])
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. There are: {string.Join(", ", all.Select(b => b.Name))}.");
    return 2;
}

var missed = new List<string>();
foreach (var benchmark in all.Where(b => names.Length == 0 || names.Contains(b.Name)))
{
    foreach (var figure in benchmark.Run(quick))
    {
        Console.WriteLine(figure);
        if (!figure.IsMet)
        {
            missed.Add(figure.Name);
        }
    }
}

if (missed.Count > 0)
{
    Console.Error.WriteLine($"Limits missed: {string.Join(", ", missed)}.");
}

return missed.Count > 0 ? 1 : 0;
