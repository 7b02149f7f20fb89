namespace Platform.Worker.Sources.Story;

/// <summary>A request to support.</summary>
/// <param name="OpenedAfter">Days after the order; 0 for general questions, which have a day of their own.</param>
/// <param name="OpenedSecond">Second of that day.</param>
/// <param name="ResolutionSeconds">Time to resolution.</param>
/// <param name="Category">Position in <see cref="Categories"/>.</param>
/// <param name="Priority">Position in <see cref="Priorities"/>.</param>
/// <param name="Satisfaction">1 to 5; 0 when not rated.</param>
internal readonly record struct Ticket(int OpenedAfter, int OpenedSecond, int ResolutionSeconds, int Category, int Priority, int Satisfaction)
{
    /// <summary>Most days from an order to the resolution of its ticket.</summary>
    public const int LongestOfOrder = Timeline.LongestDelivery + 5 + LongestResolution;

    /// <summary>Most days from opening to resolution.</summary>
    public const int LongestResolution = 8;

    public static readonly Labels Categories = new("delivery", "product", "billing", "return", "account");

    public static readonly Labels Priorities = new("low", "normal", "high", "urgent");

    private const int SecondsPerDay = 86_400;
    private const int Delivery = 0;
    private const int Return = 3;

    // Shortest and longest time to resolution in hours, by priority.
    private static readonly (int Shortest, int Longest)[] Hours = [(20, 160), (6, 90), (3, 36), (1, 12)];

    /// <summary>Days from the order (or the opening, for general questions) to the resolution.</summary>
    public int ResolvedAfter => OpenedAfter + ((OpenedSecond + ResolutionSeconds) / SecondsPerDay);

    /// <summary>Second of the day of the resolution.</summary>
    public int ResolvedSecond => (OpenedSecond + ResolutionSeconds) % SecondsPerDay;

    /// <summary>The ticket of an order, if it has one: mostly about what went wrong.</summary>
    public static bool TryOfOrder(ulong orderKey, Timeline timeline, out Ticket ticket)
    {
        var random = new SplitMix64(SplitMix64.Derive(orderKey, (ulong)Topic.Tickets));
        var isReturned = timeline.Returned != Timeline.Never;
        if (!random.Chance(timeline.IsLate ? 220 : isReturned ? 120 : 22))
        {
            ticket = default;
            return false;
        }

        var category = timeline.IsLate ? Delivery : isReturned ? Return : random.Pick([250, 350, 250, 0, 150]);
        var openedAfter = timeline.IsLate ? timeline.Promised + 1 : timeline.Delivered + random.Below(6);
        ticket = Of(ref random, openedAfter, category, isUpset: timeline.IsLate);
        return true;
    }

    /// <summary>A question that is not about an order.</summary>
    public static Ticket General(ref SplitMix64 random) => Of(ref random, 0, random.Pick([50, 400, 150, 50, 350]), isUpset: false);

    private static Ticket Of(ref SplitMix64 random, int openedAfter, int category, bool isUpset)
    {
        var priority = random.Pick(isUpset ? [0, 350, 450, 200] : [300, 550, 120, 30]);
        var (shortest, longest) = Hours[priority];
        var resolution = Math.Min(random.Between(shortest * 3600, longest * 3600), random.Between(shortest * 3600, longest * 3600));
        var isRated = !random.Chance(350);
        var annoyances = (isUpset ? 1 : 0) + (resolution > 4 * SecondsPerDay ? 1 : 0);
        var satisfaction = isRated ? Math.Max(1, 1 + random.Pick([40, 80, 180, 380, 320]) - annoyances) : 0;
        return new Ticket(openedAfter, random.Between(7 * 3600, 21 * 3600), resolution, category, priority, satisfaction);
    }
}
