using Platform.Benchmarks;
using Platform.Benchmarks.Load;
using Platform.Benchmarks.Transform;

const string ProjectOption = "--project-dir";
var projects = args.Zip(args.Skip(1)).Where(pair => pair.First == ProjectOption).Select(pair => pair.Second).ToList();
args = [.. args.Where((arg, index) => arg != ProjectOption && (index == 0 || args[index - 1] != ProjectOption))];
IBenchmark[] benchmarks = [new LoadBenchmark(), new TransformBenchmark(projects), new ParseBenchmark()];

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
    await Console.Error.WriteLineAsync("Usage: Platform.Benchmarks NAME [SIZE] [--project-dir FOLDER ...] | --list");
    return 2;
}

await chosen.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : null, CancellationToken.None);
return 0;
