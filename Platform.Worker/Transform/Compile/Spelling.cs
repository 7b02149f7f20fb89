namespace Platform.Worker.Transform.Compile;

/// <summary>How far apart two names are: letters to insert, delete, replace or swap (optimal string alignment).</summary>
internal static class Spelling
{
    public static int Distance(string left, string right)
    {
        int[] beforeLast = [], last = [.. Enumerable.Range(0, right.Length + 1)];
        for (var row = 1; row <= left.Length; row++)
        {
            var current = new int[right.Length + 1];
            current[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var same = left[row - 1] == right[column - 1];
                current[column] = Math.Min(Math.Min(last[column], current[column - 1]) + 1, last[column - 1] + (same ? 0 : 1));
                if (row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1])
                {
                    current[column] = Math.Min(current[column], beforeLast[column - 2] + 1);
                }
            }

            (beforeLast, last) = (last, current);
        }

        return last[^1];
    }
}
