using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Platform.Api.Warehouse;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Plan;
using Platform.Metrics.Plan.Tree;
using Platform.Metrics.Query;
using Platform.Metrics.Sql;

namespace Platform.Api.OData.Model;

/// <summary>
/// The saved queries as sets. Each is planned as <c>/api/v1/query</c> plans it, under the reader's policy, and its statement stands where a mart's name
/// would: filters, orders and groupings are around it and the database folds them in.
/// </summary>
internal static partial class SavedQuerySets
{
    /// <summary>The sets of this policy, and the names of those that it does not allow. A saved query that cannot be answered is no set for anyone.</summary>
    /// <param name="catalogue">The publication's.</param>
    /// <param name="policy">What the reader may see.</param>
    /// <param name="taken">Names of other sets.</param>
    /// <param name="dataSource">Describes the columns.</param>
    /// <param name="options">Bounds of queries.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<(ImmutableArray<NamedSet> Sets, ImmutableArray<string> Withheld)> ReadAsync(
        MetricCatalogue catalogue, ReaderPolicy policy, IReadOnlySet<string> taken, NpgsqlDataSource dataSource, QueryOptions options, CancellationToken cancellationToken)
    {
        var names = taken.ToHashSet();
        var (sets, withheld) = (ImmutableArray.CreateBuilder<NamedSet>(), ImmutableArray.CreateBuilder<string>());
        foreach (var saved in catalogue.SavedQueries.Values.OrderBy(saved => saved.Name, StringComparer.Ordinal))
        {
            var name = saved.FreeName(names);
            names.Add(name);

            try
            {
                var plan = SavedQueryExpansion.Plan(saved, policy, catalogue, options);
                if (await SetAsync(name, saved, plan, dataSource, options, cancellationToken) is { } set)
                {
                    sets.Add(set);
                }
            }
            catch (NotAllowedException)
            {
                withheld.Add(name);
            }
            catch (QueryException)
            {
                // The project's to mend; asking for the saved query itself tells what is wrong with it.
            }
        }

        return (sets.ToImmutable(), withheld.ToImmutable());
    }

    /// <summary>The set; null when the database does not know what the plan reads.</summary>
    private static async Task<NamedSet?> SetAsync(
        string name, SavedQuery saved, QueryPlan plan, NpgsqlDataSource dataSource, QueryOptions options, CancellationToken cancellationToken)
    {
        string[] described =
        [
            .. plan.Keys.Select(key => $"{key.Element.Path} of the facts."),
            .. plan.Metrics.Select(metric => metric.Metric.Documentation),
        ];
        ImmutableArray<Relation> relations = [.. plan.Relations];
        if (await ColumnsAsync(plan.Root, relations, dataSource, options, cancellationToken) is not { } columns)
        {
            return null;
        }

        return new NamedSet
        {
            Name = name,
            Description = saved.Description ?? saved.Label,
            Columns = [.. columns.Select((column, at) => Whole(column, at < plan.Keys.Length ? plan.Keys[at].Type : plan.Metrics[at - plan.Keys.Length].Term.Type) with { Description = described[at] })],
            Metrics = [.. plan.Metrics.Select(metric => metric.Metric.Name)],
            SavedQuery = saved.Name,
            Relations = relations,
            From = parameters => $"(\n{PlanSql.Write(plan.Root, parameters)}\n)",
        };
    }

    /// <summary>Counts that were put beside other facts are numeric by then, and still have no digits behind the point.</summary>
    private static SetColumn Whole(SetColumn column, DataType type) => column.PostgresType == "numeric" && type == DataType.Integer ? column with { Scale = 0 } : column;

    /// <summary>The columns with the types that the database says they have, without running anything.</summary>
    private static async Task<ImmutableArray<SetColumn>?> ColumnsAsync(
        PlanNode root, ImmutableArray<Relation> relations, NpgsqlDataSource dataSource, QueryOptions options, CancellationToken cancellationToken)
    {
        var statement = PlanSql.Write(root);
        try
        {
            await using var snapshot = await PublishedSnapshot.OpenAsync(
                dataSource, [.. relations.Select(relation => SqlName.Quote(relation.Schema, relation.Name))], options.StatementTimeout, cancellationToken);
            await using var command = statement.Command(snapshot.Connection);
            await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SchemaOnly, cancellationToken);
            return [.. Enumerable.Range(0, reader.FieldCount).Select(at => Column(reader.GetName(at), reader.GetDataTypeName(at)))];
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            // Published anew meanwhile, which the caller notices, or a catalogue that the marts do not fit.
            return null;
        }
    }

    /// <param name="name">The column.</param>
    /// <param name="type">Its type with modifiers, as <c>numeric(18,2)</c>.</param>
    private static SetColumn Column(string name, string type)
    {
        var match = Modifiers().Match(type);
        var column = SetColumn.Of(name, match.Success ? type.Remove(match.Index, match.Length) : type, -1, isNullable: true);
        return column.PostgresType == "numeric" && match.Success
            ? column with { Precision = int.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture), Scale = int.Parse($"0{match.Groups["second"].Value}", CultureInfo.InvariantCulture) }
            : column;
    }

    [GeneratedRegex(@"\((?<first>\d+)\s*(,\s*(?<second>\d+))?\)")]
    private static partial Regex Modifiers();
}
