namespace Platform.Worker.Sources.Story;

/// <summary>
/// The company that the mock data is about: a pure function of seed and scale. Anything that happens on a day is told from keys derived for
/// that day, never from what was told before.
/// </summary>
internal sealed class Company
{
    private readonly ulong _seedKey;

    public Company(GeneratorOptions options)
    {
        Options = options;
        _seedKey = SplitMix64.Derive(0, (ulong)options.Seed);
        Customers = new CustomerBase(Key(Topic.Customers), options.OrdersPerDay);
        Catalogue = new Catalogue(Key(Topic.Products));
        Names = new NameBook(options.Seed);
    }

    public GeneratorOptions Options { get; }

    public CustomerBase Customers { get; }

    public Catalogue Catalogue { get; }

    public NameBook Names { get; }

    /// <summary>Random key of a topic.</summary>
    public ulong Key(Topic topic) => SplitMix64.Derive(_seedKey, (ulong)topic);

    /// <summary>Random key of a day within a topic.</summary>
    public ulong Key(Topic topic, DateOnly date) => SplitMix64.Derive(Key(topic), (ulong)date.DayNumber);

    /// <summary>Millionths of a EUR for one unit of the currency.</summary>
    public long Rate(Currency currency, DateOnly date) => ExchangeRates.Micro(currency, date, Key(Topic.ExchangeRates));
}
