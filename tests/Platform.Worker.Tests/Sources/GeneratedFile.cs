using Platform.Worker.Landing;
using Platform.Worker.Sources;
using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;
using Platform.Worker.Tests.Landing;

namespace Platform.Worker.Tests.Sources;

/// <summary>One generated file in memory.</summary>
internal sealed record GeneratedFile(byte[] Content, ManifestFile Manifest, IReadOnlyDictionary<string, int> Defects)
{
    public CsvText Csv => CsvText.Parse(Content);

    public static DatasetGenerator Dataset(string name) =>
        DomainGenerator.All.SelectMany(domain => domain.Datasets).Single(dataset => dataset.Name == name);

    public static async Task<GeneratedFile> CreateAsync(Company company, DatasetGenerator dataset, DateOnly date, BusinessDay? day = null)
    {
        var sink = new MemoryBlockSink();
        await using var csv = new CsvFileWriter(sink, dataset.Name, dataset.Columns, dataset.ControlSums);
        var defects = company.Options.DefectRate > 0 ? new DefectInjector(dataset, company, date) : null;
        await dataset.WriteAsync(day ?? new BusinessDay(company, date), new DatasetFile(csv, defects), CancellationToken.None);
        var manifest = await csv.CompleteAsync(CancellationToken.None);
        return new GeneratedFile(sink.Committed!, manifest, defects?.Counts ?? new Dictionary<string, int>());
    }
}
