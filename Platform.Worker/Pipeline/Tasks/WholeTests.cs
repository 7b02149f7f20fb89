using Microsoft.Extensions.Options;
using Npgsql;

namespace Platform.Worker.Pipeline.Tasks;

/// <summary>
/// When tests look at whole tables rather than at the rows that their build may have changed: the dbt variable <c>test_whole_tables</c>, which
/// <c>meta.invocation</c> keeps with each build.
/// </summary>
internal sealed class WholeTests(LedgerStatements statements, IOptions<PipelineOptions> options)
{
    private const string Variable = "test_whole_tables";

    public static IReadOnlyDictionary<string, object?> Vars(bool wholeTables) =>
        wholeTables ? new Dictionary<string, object?> { [Variable] = true } : new Dictionary<string, object?>();

    /// <summary>Whether no build of the whole project has succeeded with such tests for <see cref="PipelineOptions.WholeTestInterval"/>.</summary>
    public async Task<bool> AreDueAsync(CancellationToken cancellationToken) =>
        (await statements.QueryAsync(
            $$"""
            select not exists (
                select from meta.invocation
                where started_at > @since and success and detail -> 'select' = '[]' and detail -> 'exclude' = '[]'
                    and (detail -> 'full_refresh' = 'true' or detail -> 'vars' -> '{{Variable}}' = 'true'))
            """,
            row => row.GetBoolean(0), cancellationToken, new NpgsqlParameter("since", statements.At(-options.Value.WholeTestInterval)))).Single();
}
