namespace Platform.Worker.Sources.Story;

/// <summary>What a random key is for. The numbers are part of the story: changing one changes all data.</summary>
internal enum Topic : ulong
{
    Orders = 1,
    OrderContent = 2,
    OrderTimeline = 3,
    OrderVolume = 4,
    Customers = 5,
    CustomerChanges = 6,
    ExchangeRates = 7,
    Products = 8,
    Names = 9,
    Tickets = 10,
    GeneralTickets = 11,
    Ledger = 12,
    Budgets = 13,
    Defects = 14,
    Returns = 15,
}
