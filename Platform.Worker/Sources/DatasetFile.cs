using Platform.Worker.Landing;
using Platform.Worker.Sources.Defects;

namespace Platform.Worker.Sources;

/// <summary>
/// The file a dataset is written to: good rows by the generator, bad ones after some of them by <see cref="DefectInjector"/>.
/// </summary>
internal sealed class DatasetFile(CsvFileWriter csv, DefectInjector? defects)
{
    /// <summary>Fields of the row at hand.</summary>
    public CsvFileWriter Csv => csv;

    /// <summary>Ends the row at hand.</summary>
    public ValueTask EndRowAsync(CancellationToken cancellationToken)
    {
        csv.EndRow();
        defects?.AfterRow(csv);
        return csv.IsBlockFull ? new ValueTask(csv.FlushAsync(cancellationToken)) : ValueTask.CompletedTask;
    }
}
