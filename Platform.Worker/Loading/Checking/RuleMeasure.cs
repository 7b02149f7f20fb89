using System.Text;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Plan;
using Platform.Worker.Loading.Quality;

namespace Platform.Worker.Loading.Checking;

/// <summary>Counts what a library metric of a contract measures, row by row, as <see cref="QualityChecks"/> has the warehouse count it.</summary>
internal sealed class RuleMeasure
{
    private readonly DatasetContract _contract;
    private readonly QualityRule _rule;
    private readonly int _column;
    private readonly HashSet<string> _valid = [];
    private readonly TextPattern? _pattern;
    private long _count;

    private RuleMeasure(DatasetContract contract, QualityRule rule, RepeatedValues? repeated)
    {
        _contract = contract;
        _rule = rule;
        Repeated = repeated;
        if (rule.Metric is QualityMetric.RowCount or QualityMetric.DuplicateValues)
        {
            return;
        }

        _column = contract.Columns.Index().First(item => item.Item.Name == rule.Columns[0]).Index;
        _pattern = rule.Pattern is null ? null : TextPattern.Compile(rule.Pattern);
        var column = contract.Columns[_column];
        var plain = CompiledColumn.Compile(
            new ContractColumn { Name = column.Name, Type = column.Type, Precision = column.Precision, Scale = column.Scale }, FileForm.Default);
        using var value = new RowBuffer(64);
        foreach (var text in rule.ValidValues)
        {
            value.Truncate(0);
            if (plain.TryWrite(Encoding.UTF8.GetBytes(text), value, out _))
            {
                _valid.Add(Convert.ToHexString(value.Slice(sizeof(int), value.Length - sizeof(int))));
            }
        }
    }

    /// <summary>The values that a duplicate metric is about, to be read twice; null for other metrics.</summary>
    public RepeatedValues? Repeated { get; }

    /// <summary>A measure of a rule that needs no SQL.</summary>
    public static RuleMeasure Of(DatasetContract contract, QualityRule rule, Func<IReadOnlyList<string>, RepeatedValues> repeated) =>
        new(contract, rule, rule.Metric == QualityMetric.DuplicateValues ? repeated(rule.Columns) : null);

    /// <summary>Counts a row, or with -1 takes it back.</summary>
    public void Count(CopyRow row, int sign)
    {
        if (Repeated is null && IsCounted(row))
        {
            _count += sign;
        }
    }

    /// <summary>Counts a row of the second reading that stays.</summary>
    public void CountRepeated(CopyRow row, FilePlace place)
    {
        if (Repeated?.Find(row, place) is not null)
        {
            _count++;
        }
    }

    public CheckResult Result(long rows) => CheckResult.Of(_contract, _rule, _count, rows);

    private bool IsCounted(CopyRow row) => _rule.Metric switch
    {
        QualityMetric.RowCount => true,
        QualityMetric.NullValues or QualityMetric.MissingValues => row.IsNull(_column),
        _ => !row.IsNull(_column) && !IsValid(row.Field(_column)),
    };

    private bool IsValid(ReadOnlySpan<byte> value) =>
        (_rule.ValidValues.Count == 0 || _valid.Contains(Convert.ToHexString(value))) && _pattern?.IsMatch(value) != false;
}
