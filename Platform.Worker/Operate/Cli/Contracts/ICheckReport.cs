using Platform.Worker.Contracts;
using Platform.Worker.Loading.Checking;

namespace Platform.Worker.Operate.Cli.Contracts;

/// <summary>Writes what a check finds while it runs, so that any number of rejected rows takes no memory.</summary>
internal interface ICheckReport : IAsyncDisposable
{
    Task StartAsync(DatasetContract contract, DateOnly? date);

    ValueTask RejectAsync(CheckedRow row);

    Task EndAsync(DatasetVerdict verdict);

    Task CompleteAsync(bool isClean);
}
