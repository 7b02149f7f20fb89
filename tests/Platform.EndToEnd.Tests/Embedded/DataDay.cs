namespace Platform.EndToEnd.Tests.Embedded;

/// <summary>The UTC day, which decides the data dates that are due.</summary>
internal static class DataDay
{
    private static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(5);

    /// <summary>Lets midnight pass when it is near, so that all starts of one test see the same due dates.</summary>
    public static async Task SettledAsync(CancellationToken cancellationToken)
    {
        var left = TimeSpan.FromDays(1) - TimeProvider.System.GetUtcNow().TimeOfDay;
        if (left < LongestTest)
        {
            await Task.Delay(left + TimeSpan.FromSeconds(1), cancellationToken);
        }
    }
}
