namespace Platform.Worker.Transform.Graph.Selection;

/// <summary>Methods that go by what nodes are called.</summary>
internal static class NameMethods
{
    private const string Any = "*";

    /// <summary>A name, or the beginning of a fully qualified name, with or without the package; sources have methods of their own.</summary>
    public static Func<Node, bool> Fqn(SelectionScope scope, SelectionCriterion criterion)
    {
        var selector = criterion.Text;
        return node => node.ResourceType is not ResourceType.Source
            && (IsMatch(node.Fqn, selector, node.Version is not null) || IsMatch([.. node.Fqn.Skip(1)], selector, node.Version is not null));
    }

    public static Func<Node, bool> Package(SelectionScope scope, SelectionCriterion criterion)
    {
        var package = criterion.Text == "this" ? scope.Project.Root.Name : criterion.Text;
        return node => Glob.Matches(package, node.PackageName);
    }

    public static Func<Node, bool> Source(SelectionScope scope, SelectionCriterion criterion)
    {
        var (package, source, table) = criterion.Text.Split('.') switch
        {
            [var name] => (Any, name, Any),
            [var name, var only] => (Any, name, only),
            [var owner, var name, var only] => (owner, name, only),
            _ => throw Invalid(criterion, "source", "source_name, source_name.table or package.source_name.table"),
        };
        return node => node.Source is { } found && Glob.Matches(package, node.PackageName) && Glob.Matches(source, found.SourceName)
            && Glob.Matches(table, node.Name);
    }

    /// <summary>Resources of one kind by name, or by package and name.</summary>
    public static Func<SelectionScope, SelectionCriterion, Func<Node, bool>> Named(ResourceType type) => (_, criterion) =>
    {
        var (package, name) = criterion.Text.Split('.') switch
        {
            [var only] => (Any, only),
            [var owner, var only] => (owner, only),
            _ => throw Invalid(criterion, type.Name().Replace('_', ' '), $"{type.Name()}_name or package.{type.Name()}_name"),
        };
        return node => node.ResourceType == type && Glob.Matches(package, node.PackageName) && Glob.Matches(name, node.Name);
    };

    private static TransformException Invalid(SelectionCriterion criterion, string kind, string form) =>
        new(criterion.At, $"Invalid {kind} selector value '{criterion.Text}'. Write {form}.");

    /// <summary>dbt's rules: the last part alone, or part by part from the front; from the first part with a wildcard on, the rest as one text.</summary>
    private static bool IsMatch(IReadOnlyList<string> fqn, string selector, bool isVersioned)
    {
        if (fqn.Count == 0)
        {
            return false;
        }

        var parts = selector.Split('.');
        if (isVersioned && fqn.Count >= 2)
        {
            // orders, orders.v2 and orders_v2 all mean the model 'orders' in version 2.
            if (fqn[^2] == selector || string.Join('_', fqn.TakeLast(2)) == string.Join('_', parts.TakeLast(2)))
            {
                return true;
            }
        }
        else if (fqn[^1] == selector)
        {
            return true;
        }

        var flat = fqn.SelectMany(part => part.Split('.')).ToList();
        if (flat.Count < parts.Length)
        {
            return false;
        }

        for (var index = 0; index < parts.Length; index++)
        {
            if (Glob.HasWildcard(parts[index]))
            {
                return Glob.Matches(string.Join('.', parts.Skip(index)), string.Join('.', flat.Skip(index)));
            }

            if (flat[index] != parts[index])
            {
                return false;
            }
        }

        return true;
    }
}
