using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Platform.AppHost.Operate;

/// <summary>The dashboard's commands on the Worker: each asks for data dates and passes them to the Worker's operator API.</summary>
internal static class PipelineCommands
{
    public const string Run = "run-pipeline";
    public const string Backfill = "backfill";

    private const string DateFormat = "yyyy-MM-dd";

    /// <summary>Adds "Run pipeline for a date" and "Backfill a range".</summary>
    /// <param name="worker">The Worker.</param>
    /// <param name="operatorKey">What its operator API wants to see as <c>X-Api-Key</c>.</param>
    public static IResourceBuilder<ProjectResource> WithPipelineCommands(
        this IResourceBuilder<ProjectResource> worker, IResourceBuilder<ParameterResource> operatorKey)
    {
        var operatorApi = new OperatorApi(worker.GetEndpoint("http"), operatorKey.Resource);
        return worker
            .WithCommand(Run, "Run pipeline for a date", context => RunAsync(context, operatorApi), Options("Play", isHighlighted: true))
            .WithCommand(Backfill, "Backfill a range", context => BackfillAsync(context, operatorApi), Options("History", isHighlighted: false));
    }

    private static async Task<ExecuteCommandResult> RunAsync(ExecuteCommandContext context, OperatorApi operatorApi)
    {
        var dates = await AskAsync(context, "Run pipeline for a date", "Lands, loads and publishes one data date (UTC). A date that is done already is done again only where something changed.", [Input("data_date", "Data date")]);
        return dates is [var date]
            ? await operatorApi.PostAsync("/api/v1/runs", new() { ["data_date"] = date }, context.CancellationToken)
            : CommandResults.Canceled();
    }

    private static async Task<ExecuteCommandResult> BackfillAsync(ExecuteCommandContext context, OperatorApi operatorApi)
    {
        var dates = await AskAsync(context, "Backfill a range", "Runs the pipeline for every data date from the first to the last, oldest first.", [Input("from", "First data date"), Input("to", "Last data date")]);
        return dates is [var from, var to]
            ? await operatorApi.PostAsync("/api/v1/backfills", new() { ["from"] = from, ["to"] = to }, context.CancellationToken)
            : CommandResults.Canceled();
    }

    private static async Task<string[]> AskAsync(ExecuteCommandContext context, string title, string message, InteractionInput[] inputs)
    {
        var interaction = context.Services.GetRequiredService<IInteractionService>();
        var options = new InputsDialogInteractionOptions { ValidationCallback = CheckAsync };
        var answer = await interaction.PromptInputsAsync(title, message, inputs, options, context.CancellationToken);
        return answer.Canceled ? [] : [.. answer.Data.Select(input => input.Value!)];
    }

    private static InteractionInput Input(string name, string label) => new()
    {
        Name = name,
        Label = label,
        InputType = InputType.Text,
        Required = true,
        Placeholder = DateFormat,
        Value = TimeProvider.System.GetUtcNow().AddDays(-1).ToString(DateFormat, CultureInfo.InvariantCulture),
    };

    // Whether a date is due and a range not too long, the Worker knows and says.
    private static Task CheckAsync(InputsDialogValidationContext context)
    {
        DateOnly? previous = null;
        foreach (var input in context.Inputs)
        {
            if (!DateOnly.TryParseExact(input.Value, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                context.AddValidationError(input, $"'{input.Value}' is not a date of the form {DateFormat}, such as 2026-01-31.");
            }
            else if (date < previous)
            {
                context.AddValidationError(input, "The range ends before it starts.");
            }
            else
            {
                previous = date;
            }
        }

        return Task.CompletedTask;
    }

    private static CommandOptions Options(string icon, bool isHighlighted) => new()
    {
        IconName = icon,
        IsHighlighted = isHighlighted,
        UpdateState = context => context.ResourceSnapshot.HealthStatus is HealthStatus.Healthy
            ? ResourceCommandState.Enabled
            : ResourceCommandState.Disabled,
    };
}
