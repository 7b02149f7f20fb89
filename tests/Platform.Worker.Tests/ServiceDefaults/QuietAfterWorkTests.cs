using Platform.ServiceDefaults;

namespace Platform.Worker.Tests.ServiceDefaults;

public sealed class QuietAfterWorkTests
{
    private const long Megabyte = 1 << 20;

    [Theory]
    // A start, a run of two looks, and silence.
    [InlineData(new long[] { 60, 61, 500, 900, 901, 902 }, new[] { false, true, false, false, true, false })]
    // As much as is quiet, and a little more.
    [InlineData(new long[] { 100, 104, 200, 205, 209 }, new[] { false, true, false, false, true })]
    // Little by little: a collection when it has come to 24 MB.
    [InlineData(new long[] { 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48 }, new[] { false, false, false, false, false, true, false, false, false, false, false, true })]
    // Work too small to be worth it.
    [InlineData(new long[] { 10, 11, 12 }, new[] { false, false, false })]
    public void Begins_MegabytesAllocatedSoFar_IsOnceAfterWork(long[] megabytes, bool[] expected)
    {
        var quiet = new QuietAfterWork();

        Assert.Equal(expected, megabytes.Select(allocated => quiet.Begins(allocated * Megabyte)));
    }
}
