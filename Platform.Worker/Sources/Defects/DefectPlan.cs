using System.Globalization;
using System.Text;

namespace Platform.Worker.Sources.Defects;

/// <summary>The defects that a dataset's rows can have.</summary>
/// <param name="Key">Column that gets a number of its own in a bad row, so that the row breaks no rule but the one meant; null where none
/// can.</param>
/// <param name="FreshKey">Format of that number: {0} is the data date, {1} the number of the bad row in the file,
/// {2} a number of four digits made of it.</param>
/// <param name="Defects">What can be wrong.</param>
internal sealed record DefectPlan(string? Key, string? FreshKey, params Defect[] Defects)
{
    /// <summary>Date of the next century for <see cref="Defect.Partition"/>: no partition of the story has it.</summary>
    public const string OtherDay = "2199-12-31";

    public byte[] NewKey(DateOnly date, int number) =>
        Encoding.UTF8.GetBytes(string.Format(CultureInfo.InvariantCulture, FreshKey ?? "", date, number, 1000 + (number % 9000)));
}
