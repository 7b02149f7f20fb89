using Platform.Benchmarks;
using Platform.Benchmarks.Ahead;
using Platform.Benchmarks.Api;
using Platform.Benchmarks.Facts;
using Platform.Benchmarks.Generate;
using Platform.Benchmarks.Load;
using Platform.Benchmarks.Pipeline;
using Platform.Benchmarks.Transform;

var (transform, others) = TransformArguments.Read(args);
args = others;
IBenchmark[] benchmarks =
[
    new LoadBenchmark(), new MemoryBenchmark(), new FactsBenchmark(), new GenerateBenchmark(), new CheckBenchmark(),
    new TransformBenchmark(transform), new ParseBenchmark(), new TasksBenchmark(), new DayBenchmark(), new ReadersBenchmark(), new IdleBenchmark(),
    new ApiBenchmark(), new ExportBenchmark(),
];

if (args is [LoadProcess.Argument])
{
    await LoadProcess.RunAsync(CancellationToken.None);
    return 0;
}

if (args is [ApiProcess.Argument, var warehouse, var apiPort])
{
    ApiProcess.RunApi(warehouse, apiPort);
    return 0;
}

if (args is [ApiProcess.BareArgument, var file, var barePort])
{
    await ApiProcess.RunBareAsync(file, barePort);
    return 0;
}

if (args is [ProfileRecorder.Argument, var profile])
{
    await ProfileRecorder.RecordAsync(transform.Projects, profile, CancellationToken.None);
    return 0;
}

if (args is ["--list"])
{
    foreach (var benchmark in benchmarks)
    {
        Console.WriteLine($"{benchmark.Name,-12} {benchmark.Description}");
    }

    return 0;
}

if (args is not [var name, ..] || benchmarks.FirstOrDefault(benchmark => benchmark.Name == name) is not { } chosen)
{
    await Console.Error.WriteLineAsync($"Usage: Platform.Benchmarks NAME [SIZE] {TransformArguments.Usage} | {ProfileRecorder.Argument} FILE | --list");
    return 2;
}

await chosen.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : null, CancellationToken.None);
return 0;
