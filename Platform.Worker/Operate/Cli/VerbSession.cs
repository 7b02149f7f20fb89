using System.CommandLine;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults;
using Platform.Worker.Pipeline;
using Platform.Worker.Warehouse;

namespace Platform.Worker.Operate.Cli;

/// <summary>What every verb does around its work: the stages from configuration, migrations, errors as one line, the exit code.</summary>
internal sealed class VerbSession(Action<IHostApplicationBuilder> stages, Option<bool> verbose)
{
    private const int Interrupted = 130;

    public bool ShowsTraces(ParseResult arguments) => arguments.GetValue(verbose);

    /// <param name="arguments">The command line as parsed.</param>
    /// <param name="connections">Connection strings that the verb needs.</param>
    /// <param name="verb">The work; returns the exit code.</param>
    /// <param name="cancellationToken">Signalled on Ctrl+C and SIGTERM.</param>
    public async Task<int> RunAsync(
        ParseResult arguments,
        IReadOnlyList<string> connections,
        Func<IServiceProvider, Task<int>> verb,
        CancellationToken cancellationToken)
    {
        var traces = arguments.GetValue(verbose);
        try
        {
            var host = Build(traces, connections);
            // Asynchronously: what the verb has still to send goes out before it ends.
            await using var disposed = (IAsyncDisposable)host;
            // Options are read before anything is touched, and all their errors are told at once.
            host.Services.GetRequiredService<IStartupValidator>().Validate();
            if (connections.Contains(WarehouseNames.Connection))
            {
                await host.Services.GetRequiredService<InfrastructureRetry>().ExecuteAsync(
                    async token =>
                    {
                        await host.Services.GetRequiredService<MigrationRunner>().RunAsync(token);
                        return true;
                    },
                    cancellationToken);
            }
            return await verb(host.Services);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted.");
            return Interrupted;
        }
        catch (Exception exception)
        {
            var fault = FaultClassifier.Classify(exception);
            await Console.Error.WriteLineAsync(traces ? exception.ToString() : $"{Opening(fault)} {exception.Message}");
            return ExitCode.Of(fault);
        }
    }

    private static string Opening(Fault fault) => fault switch
    {
        Fault.Data => "Data fault:",
        Fault.Configuration => "Configuration fault:",
        Fault.Infrastructure => "Infrastructure fault:",
        _ => "Unexpected (--verbose shows where):",
    };

    private IHost Build(bool traces, IReadOnlyList<string> connections)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT"),
        });
        builder.Configuration.AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables();
        // Standard output belongs to the verb's result.
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddFilter<ConsoleLoggerProvider>(null, traces ? LogLevel.Information : LogLevel.None);
        ConnectionStrings.Require(builder.Configuration, connections);
        builder.Services.AddMetrics();
        stages(builder);
        return builder.Build();
    }
}
