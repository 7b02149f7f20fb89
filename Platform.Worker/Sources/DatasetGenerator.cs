using Platform.Worker.Sources.Defects;
using Platform.Worker.Sources.Story;

namespace Platform.Worker.Sources;

/// <summary>Writes the rows of one dataset for a date. Columns and control sums are those of the dataset's contract.</summary>
internal abstract class DatasetGenerator
{
    /// <summary>Name of the dataset.</summary>
    public abstract string Name { get; }

    /// <summary>Columns in file order.</summary>
    public abstract string[] Columns { get; }

    /// <summary>Columns added up in the manifest.</summary>
    public virtual string[] ControlSums => [];

    /// <summary>What can be wrong with a row.</summary>
    public abstract DefectPlan Defects { get; }

    /// <summary>Writes all rows of the date.</summary>
    public abstract Task WriteAsync(BusinessDay day, DatasetFile file, CancellationToken cancellationToken);
}
