using Platform.Worker.Landing;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources.Defects;

/// <summary>
/// Adds bad rows to a file: copies of good ones, each with one defect, right after the row they copy. The good rows are the same with and
/// without it.
/// </summary>
internal sealed class DefectInjector
{
    private readonly DefectPlan _plan;
    private readonly DateOnly _date;
    private readonly int _perMillion;
    private readonly int _key;
    private readonly int[] _columns;
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private SplitMix64 _random;
    private int _next;
    private int _injected;

    public DefectInjector(DatasetGenerator dataset, Company company, DateOnly date)
    {
        _plan = dataset.Defects;
        _date = date;
        _perMillion = (int)(company.Options.DefectRate * 1_000_000);
        _key = Array.IndexOf(dataset.Columns, _plan.Key);
        _columns = [.. _plan.Defects.Select(defect => Array.IndexOf(dataset.Columns, defect.Column))];
        var datasetKey = dataset.Name.Aggregate(company.Key(Topic.Defects, _date), (mixed, letter) => SplitMix64.Derive(mixed, letter));
        _random = new SplitMix64(datasetKey);
        _next = _random.Below(_plan.Defects.Length);
    }

    /// <summary>Bad rows written, by rule.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>Called after each good row.</summary>
    public void AfterRow(CsvFileWriter csv)
    {
        if (_random.Below(1_000_000) >= _perMillion)
        {
            return;
        }

        var defect = _plan.Defects[_next];
        var fields = csv.LastRow();
        if (_key >= 0 && defect != Defect.Unique)
        {
            fields[_key] = _plan.NewKey(_date, ++_injected);
        }

        if (_columns[_next] >= 0)
        {
            fields[_columns[_next]] = defect.Value;
        }

        csv.RawRow(defect == Defect.Columns ? fields.AsSpan(..^1) : fields);
        _counts[defect.Rule] = _counts.GetValueOrDefault(defect.Rule) + 1;
        _next = (_next + 1) % _plan.Defects.Length;
    }
}
