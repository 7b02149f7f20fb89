using System.Globalization;
using System.Text;
using Platform.Worker.Contracts;
using Platform.Worker.Contracts.Plan;
using Platform.Worker.Landing;

namespace Platform.Worker.Loading.Checking;

/// <summary>
/// Checks the files that a partition is to have of a dataset as a load would, without a warehouse: every row by <see cref="RowCheck"/>, then, in a
/// second reading that only files with suspicious values cost, repeated keys and values. Memory is bounded whatever the files' size.
/// </summary>
/// <param name="contract">The contract of the dataset.</param>
/// <param name="date">The data date; null when nobody said, and then dates of rows are not compared with it.</param>
/// <param name="files">The files, in the order in which a load reads them.</param>
internal sealed class DatasetCheck(DatasetContract contract, DateOnly? date, IReadOnlyList<LocalFile> files)
{
    /// <summary>Fewest bytes that a row is expected to have; sizes the memory for values.</summary>
    private const int SmallestRow = 24;

    /// <summary>How many times its bytes a compressed file is expected to hold.</summary>
    private const int UsualExpansion = 6;

    private readonly DatasetContract _contract = date is null ? contract with { PartitionColumn = null } : contract;
    private readonly RepeatedValues _key = Repeated(contract, contract.Key, files);
    private readonly List<RepeatedValues> _unique =
        [.. contract.Columns.Where(column => column.Unique).Select(column => Repeated(contract, [column.Name], files))];

    private readonly List<RuleMeasure> _measures =
        [.. contract.Quality.Where(rule => rule.Metric != QualityMetric.Sql).Select(rule => RuleMeasure.Of(contract, rule, names => Repeated(contract, names, files)))];

    private readonly SortedDictionary<string, long> _byRule = new(StringComparer.Ordinal);
    private readonly List<LoadedFile> _read = [];
    private readonly CopyRow _row = new();
    private long _rejected;

    /// <summary>Reads the files.</summary>
    /// <param name="onRejected">Takes each row that a load would refuse: first those that break a rule by themselves, in their order, then repeated ones.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<DatasetVerdict> RunAsync(Func<CheckedRow, ValueTask> onRejected, CancellationToken cancellationToken)
    {
        try
        {
            await ReadFirstAsync(onRejected, cancellationToken);
            if (_key.HasSuspects || _unique.Exists(values => values.HasSuspects) || _measures.Exists(measure => measure.Repeated?.HasSuspects == true))
            {
                await ReadAgainAsync(onRejected, cancellationToken);
            }

            return Verdict(fault: null);
        }
        catch (DataFaultException fault)
        {
            return Verdict(fault.Message);
        }
    }

    private static RepeatedValues Repeated(DatasetContract contract, IReadOnlyList<string> names, IReadOnlyList<LocalFile> files) => new(
        [.. names.Select(name => contract.Columns.Index().First(item => item.Item.Name == name).Index)],
        string.Join(", ", names),
        files.Sum(file => file.Bytes * (file.Name.EndsWith(".csv", StringComparison.Ordinal) ? 1 : UsualExpansion)) / SmallestRow);

    private async Task ReadFirstAsync(Func<CheckedRow, ValueTask> onRejected, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            var (records, check) = await file.OpenAsync(_contract, date ?? default, cancellationToken);
            await using var opened = records;
            using var buffer = new RowBuffer(4 << 10);
            try
            {
                while (await records.ReadAsync(cancellationToken))
                {
                    if (TryRead(records, check, buffer))
                    {
                        _key.Add(_row);
                        _unique.ForEach(values => values.Add(_row));
                        foreach (var measure in _measures)
                        {
                            measure.Count(_row, 1);
                            measure.Repeated?.Add(_row);
                        }
                    }
                    else
                    {
                        await RejectAsync(file, check.Reject(records), onRejected);
                    }
                }
            }
            finally
            {
                _read.Add(new LoadedFile
                {
                    File = new ManifestFile
                    {
                        Name = file.Path, Dataset = contract.Dataset, Rows = check.Rows, Bytes = file.Bytes, Sha256 = "", ControlSums = new Dictionary<string, string>(),
                    },
                    Sha256 = "",
                    LineOffset = 0,
                    LastLine = check.LastLine,
                    Rows = check.Rows,
                    Sums = check.FileSums,
                    RejectedSums = check.RejectedSums,
                });
            }
        }
    }

    private async Task ReadAgainAsync(Func<CheckedRow, ValueTask> onRejected, CancellationToken cancellationToken)
    {
        foreach (var (index, file) in files.Index())
        {
            var (records, check) = await file.OpenAsync(_contract, date ?? default, cancellationToken);
            await using var opened = records;
            using var buffer = new RowBuffer(4 << 10);
            while (await records.ReadAsync(cancellationToken))
            {
                if (!TryRead(records, check, buffer))
                {
                    continue;
                }

                var place = new FilePlace(index, records.Line);
                var violations = Repeats(records, check, place);
                if (violations.Count == 0)
                {
                    _measures.ForEach(measure => measure.CountRepeated(_row, place));
                    continue;
                }

                _measures.ForEach(measure => measure.Count(_row, -1));
                await RejectAsync(file, RejectedRow.From(records.Line, violations, records.Raw, RowStake.None), onRejected);
            }
        }
    }

    private bool TryRead(CsvRecords records, RowCheck check, RowBuffer buffer)
    {
        buffer.Truncate(0);
        if (!check.TryWrite(records, buffer, out _))
        {
            return false;
        }

        _row.Read(buffer.Written);
        return true;
    }

    /// <summary>A row whose key was there does not come to the fact table; so its other values do not count there.</summary>
    private List<Violation> Repeats(CsvRecords records, RowCheck check, FilePlace place)
    {
        if (_key.Find(_row, place) is { } first)
        {
            return [Repeat(_key, "a key is expected once in a partition", first)];
        }

        var violations = new List<Violation>();
        foreach (var values in _unique)
        {
            if (values.Find(_row, place) is { } earlier)
            {
                violations.Add(Repeat(values, "a value is expected once in a partition", earlier));
            }
        }

        return violations;

        Violation Repeat(RepeatedValues values, string expected, FilePlace at)
        {
            var value = CompiledColumn.Shown(string.Join(", ", values.Columns.Select(column => Encoding.UTF8.GetString(check.FieldOf(records, column)))));
            var where = $"line {at.Line.ToString(CultureInfo.InvariantCulture)}{(at.File == place.File ? "" : $" of {files[at.File].Path}")}";
            return new Violation(values.Name, Rules.Unique, value, $"{values.Name} is {value} as in {where}; {expected}, and the first line stays.");
        }
    }

    private ValueTask RejectAsync(LocalFile file, RejectedRow row, Func<CheckedRow, ValueTask> onRejected)
    {
        _rejected++;
        _byRule[row.Rule] = _byRule.GetValueOrDefault(row.Rule) + 1;
        return onRejected(new CheckedRow(file.Path, row));
    }

    private DatasetVerdict Verdict(string? fault)
    {
        var counts = new Reconciliation
        {
            Files = _read, LoadedRows = _read.Sum(file => file.Rows) - _rejected, QuarantinedRows = _rejected, LoadedSums = [], QuarantinedSums = [],
        };
        var measured = fault is null ? _measures.Select(measure => measure.Result(counts.LoadedRows)).ToList() : [];
        return new DatasetVerdict
        {
            Contract = contract,
            Date = date,
            Files = _read,
            Rows = counts.FileRows,
            Rejected = _rejected,
            ByRule = _byRule,
            Fault = fault,
            Measured = measured,
            Refusals = fault is not null ? [] : [
                .. LoadRefusal.OverLimit(contract.Policy, counts) is { } limit ? [limit] : Array.Empty<string>(),
                .. measured.Where(check => check is { FailsLoad: true, Passed: false }).Select(check => check.ToString())],
        };
    }
}
