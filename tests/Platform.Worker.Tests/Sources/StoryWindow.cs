using Platform.Worker.Sources;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Tests.Sources;

/// <summary>All files of 45 days, read back: what an analyst would have. Made once for all tests that look at it.</summary>
internal sealed class StoryWindow
{
    public const int Days = 45;

    /// <summary>First day; the window holds a change of year, a month's end and a sale.</summary>
    public static readonly DateOnly First = new(2025, 11, 20);

    private static readonly Lazy<Task<StoryWindow>> Instance = new(CreateAsync);

    private readonly Dictionary<(string Dataset, DateOnly Date), CsvText> _files = [];

    public static DateOnly Last => First.AddDays(Days - 1);

    public static IEnumerable<DateOnly> Dates => Enumerable.Range(0, Days).Select(First.AddDays);

    public static Task<StoryWindow> GetAsync() => Instance.Value;

    public CsvText File(string dataset, DateOnly date) => _files[(dataset, date)];

    /// <summary>Rows of a dataset on all days, in the order of days and lines.</summary>
    public IEnumerable<CsvRow> Rows(string dataset) => Dates.SelectMany(date => File(dataset, date).Rows);

    private static async Task<StoryWindow> CreateAsync()
    {
        var company = new Company(new GeneratorOptions { OrdersPerDay = 80 });
        var window = new StoryWindow();
        foreach (var date in Dates)
        {
            var day = new BusinessDay(company, date);
            foreach (var dataset in DomainGenerator.All.SelectMany(domain => domain.Datasets))
            {
                var file = await GeneratedFile.CreateAsync(company, dataset, date, day);
                window._files.Add((dataset.Name, date), file.Csv);
            }
        }

        return window;
    }
}
