namespace Platform.Worker.Sources.Story;

internal enum Segment
{
    Consumer,
    SmallBusiness,
    Enterprise,
}

/// <summary>A customer as they are on some day.</summary>
/// <param name="Number">From 1, in the order of registration.</param>
/// <param name="Key">Random key of the customer.</param>
/// <param name="Version">Number of the record's version; a new one every <see cref="CustomerBase.DaysBetweenChanges"/> days.</param>
/// <param name="Country">Position in <see cref="Story.Country.All"/>.</param>
/// <param name="Segment">Kind of customer.</param>
/// <param name="PaymentTerms">Days from invoice to due date.</param>
internal readonly record struct Customer(int Number, ulong Key, int Version, int Country, Segment Segment, int PaymentTerms);
