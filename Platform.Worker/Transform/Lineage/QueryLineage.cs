namespace Platform.Worker.Transform.Lineage;

/// <summary>A column of a relation by the server's numbers; <see cref="Column"/> is 0 for whole rows.</summary>
internal readonly record struct ColumnUse(uint Relation, int Column, LineageKind Kind);

/// <summary>
/// Follows the columns of an analysed query to the relations it reads. Works on a <c>QUERY</c> of <see cref="QueryTree"/>
/// (PostgreSQL's src/include/nodes/parsenodes.h and primnodes.h say what its fields mean).
/// </summary>
internal sealed class QueryLineage
{
    private const int KindRelation = 0;
    private const int KindSubquery = 1;
    private const int KindJoin = 2;
    private const int KindFunction = 3;
    private const int KindTableFunction = 4;
    private const int KindValues = 5;
    private const int KindCte = 6;
    private const int KindGroup = 9;
    private const int Union = 1;

    private static readonly IReadOnlySet<ColumnUse> Nothing = new HashSet<ColumnUse>();

    private readonly QueryTree _query;
    private readonly QueryLineage? _parent;
    private readonly List<QueryTree> _relations;
    private readonly Dictionary<QueryTree, QueryLineage> _below = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<int, IReadOnlySet<ColumnUse>?> _outputs = [];
    private readonly Progress _progress;
    private IReadOnlySet<ColumnUse>? _filters;

    public QueryLineage(QueryTree query, QueryLineage? parent = null)
    {
        (_query, _parent, _progress) = (query, parent, parent?._progress ?? new Progress());
        _relations = [.. query.Nodes("rtable")];
        Columns = [.. query.Nodes("targetList").Where(static target => !target.Flag("resjunk"))
            .Select(static target => (target.Number("resno"), target.Text("resname") ?? ""))];
    }

    /// <summary>The columns that the query gives, by number.</summary>
    public IReadOnlyList<(int Number, string Name)> Columns { get; }

    /// <summary>What a column's values come from.</summary>
    public IReadOnlySet<ColumnUse> Output(int number)
    {
        if (_outputs.TryGetValue(number, out var known))
        {
            if (known is null)
            {
                // A recursive query asks for a column while that very column is worked out; what it adds is found on the way.
                _progress.Reentries++;
            }

            return known ?? Nothing;
        }

        _outputs[number] = null;
        var reentries = _progress.Reentries;
        _progress.Depth++;
        var uses = new HashSet<ColumnUse>();
        if (_query.Node("setOperations") is { } operation)
        {
            AddBranches(operation, number, uses);
        }
        else if (_query.Nodes("targetList").FirstOrDefault(target => target.Number("resno") == number) is { } target)
        {
            Add(target.Node("expr"), LineageKind.Direct, uses);
        }

        _progress.Depth--;
        if (_progress.Depth > 0 && _progress.Reentries > reentries)
        {
            // Found while another column of a recursive query was open, so what comes from that one is missing: not to be remembered.
            _outputs.Remove(number);
        }
        else
        {
            _outputs[number] = uses;
        }

        return uses;
    }

    /// <summary>The columns that decide which rows the query gives.</summary>
    public IReadOnlySet<ColumnUse> Filters()
    {
        if (_filters is not null)
        {
            return _filters;
        }

        var uses = new HashSet<ColumnUse>();
        _filters = uses;
        AddConditions(_query.Node("jointree"), uses);
        AddSorted("groupClause", uses);
        AddSorted("distinctClause", uses);
        Add(_query.Node("havingQual"), LineageKind.Filter, uses);
        if (_query.Node("limitCount") is not null || _query.Node("limitOffset") is not null)
        {
            AddSorted("sortClause", uses);
        }

        foreach (var relation in _relations)
        {
            if (Source(relation) is { } below)
            {
                uses.UnionWith(below.Filters());
            }
            else if (relation.Number("rtekind") is KindFunction or KindTableFunction)
            {
                // Rows that a function makes of columns, such as unnest(tags).
                AddAll(relation, LineageKind.Filter, uses);
            }
        }

        foreach (var target in _query.Nodes("targetList"))
        {
            AddSublinkFilters(target, uses);
        }

        return uses;
    }

    private void AddBranches(QueryTree branch, int number, HashSet<ColumnUse> uses)
    {
        if (branch.Name == "RANGETBLREF")
        {
            uses.UnionWith(Column(_relations[branch.Number("rtindex") - 1], number));
            return;
        }

        AddBranches(branch.Node("larg")!, number, uses);
        var right = new HashSet<ColumnUse>();
        AddBranches(branch.Node("rarg")!, number, right);
        uses.UnionWith(branch.Number("op") == Union ? right : As(right, LineageKind.Filter));
    }

    private void AddConditions(QueryTree? join, HashSet<ColumnUse> uses)
    {
        if (join is null || join.Name == "RANGETBLREF")
        {
            return;
        }

        Add(join.Node("quals"), LineageKind.Filter, uses);
        AddConditions(join.Node("larg"), uses);
        AddConditions(join.Node("rarg"), uses);
        foreach (var item in join.Nodes("fromlist"))
        {
            AddConditions(item, uses);
        }
    }

    /// <summary>The expressions that a grouping, sorting or partitioning clause points at.</summary>
    private void AddSorted(string clause, HashSet<ColumnUse> uses, LineageKind kind = LineageKind.Filter, QueryTree? owner = null)
    {
        var marks = (owner ?? _query).Nodes(clause).Select(static sort => sort.Number("tleSortGroupRef")).ToHashSet();
        foreach (var target in _query.Nodes("targetList").Where(target => marks.Contains(target.Number("ressortgroupref"))))
        {
            Add(target.Node("expr"), kind, uses);
        }
    }

    private void AddSublinkFilters(QueryTree node, HashSet<ColumnUse> uses)
    {
        if (node.Name == "SUBLINK" && node.Node("subselect") is { } subselect)
        {
            uses.UnionWith(As(Below(subselect).Filters(), LineageKind.Filter));
        }
        else if (node.Name != "VAR")
        {
            foreach (var child in node.Children)
            {
                AddSublinkFilters(child, uses);
            }
        }
    }

    /// <summary>What an expression reads.</summary>
    private void Add(QueryTree? expression, LineageKind kind, HashSet<ColumnUse> uses)
    {
        switch (expression?.Name)
        {
            case null or "CONST" or "PARAM":
                break;
            case "VAR":
                var scope = Above(expression.Number("varlevelsup"));
                uses.UnionWith(As(scope.Column(scope._relations[expression.Number("varno") - 1], expression.Number("varattno")), kind));
                break;
            case "RELABELTYPE":
                Add(expression.Node("arg"), kind, uses);
                break;
            case "SUBLINK":
                var below = Below(expression.Node("subselect")!);
                foreach (var (number, _) in below.Columns)
                {
                    uses.UnionWith(As(below.Output(number), Weaker(kind)));
                }

                if (kind is LineageKind.Filter)
                {
                    uses.UnionWith(below.Filters());
                }

                Add(expression.Node("testexpr"), Weaker(kind), uses);
                break;
            case "WINDOWFUNC":
                var window = _query.Nodes("windowClause").FirstOrDefault(window => window.Number("winref") == expression.Number("winref"));
                if (window is not null)
                {
                    AddSorted("partitionClause", uses, Weaker(kind), window);
                    AddSorted("orderClause", uses, Weaker(kind), window);
                }

                AddAll(expression, kind, uses);
                break;
            default:
                AddAll(expression, kind, uses);
                break;
        }
    }

    private void AddAll(QueryTree node, LineageKind kind, HashSet<ColumnUse> uses)
    {
        foreach (var child in node.Children)
        {
            Add(child, Weaker(kind), uses);
        }
    }

    /// <summary>What a column of an entry of the range table is made of.</summary>
    private IReadOnlySet<ColumnUse> Column(QueryTree relation, int number)
    {
        var uses = new HashSet<ColumnUse>();
        switch (relation.Number("rtekind"))
        {
            case KindRelation when number >= 0:
                uses.Add(new ColumnUse(relation.Oid("relid"), number, number == 0 ? LineageKind.Derived : LineageKind.Direct));
                break;
            case KindSubquery or KindCte when Source(relation) is { } below:
                if (number > 0)
                {
                    return below.Output(number);
                }

                foreach (var (column, _) in below.Columns)
                {
                    uses.UnionWith(As(below.Output(column), LineageKind.Derived));
                }

                break;
            case KindJoin:
                AddItem(relation.Items("joinaliasvars"), number, uses);
                break;
            case KindGroup:
                AddItem(relation.Items("groupexprs"), number, uses);
                break;
            case KindValues:
                foreach (var row in relation.Items("values_lists").OfType<List<object?>>())
                {
                    AddItem(row, number, uses);
                }

                break;
            case KindFunction or KindTableFunction:
                AddAll(relation, LineageKind.Derived, uses);
                break;
        }

        return uses;
    }

    /// <summary>One of a list of expressions; all of them for a whole row.</summary>
    private void AddItem(IReadOnlyList<object?> expressions, int number, HashSet<ColumnUse> uses)
    {
        if (number > 0 && number <= expressions.Count)
        {
            Add(expressions[number - 1] as QueryTree, LineageKind.Direct, uses);
        }
        else if (number == 0)
        {
            foreach (var expression in expressions.OfType<QueryTree>())
            {
                Add(expression, LineageKind.Derived, uses);
            }
        }
    }

    /// <summary>The query behind a subquery or a common table expression.</summary>
    private QueryLineage? Source(QueryTree relation)
    {
        switch (relation.Number("rtekind"))
        {
            case KindSubquery:
                return relation.Node("subquery") is { } subquery ? Below(subquery) : null;
            case KindCte:
                var owner = Above(relation.Number("ctelevelsup"));
                var cte = owner._query.Nodes("cteList").FirstOrDefault(cte => cte.Text("ctename") == relation.Text("ctename"));
                return cte?.Node("ctequery") is { } query ? owner.Below(query) : null;
            default:
                return null;
        }
    }

    private QueryLineage Above(int levels)
    {
        var scope = this;
        for (; levels > 0; levels--)
        {
            scope = scope._parent ?? throw new FormatException("a query tree that refers to a query around the outermost");
        }

        return scope;
    }

    private QueryLineage Below(QueryTree query)
    {
        if (!_below.TryGetValue(query, out var below))
        {
            _below[query] = below = new QueryLineage(query, this);
        }

        return below;
    }

    private static LineageKind Weaker(LineageKind kind) => kind is LineageKind.Direct ? LineageKind.Derived : kind;

    /// <summary>The uses, none of them closer than a kind.</summary>
    private static IEnumerable<ColumnUse> As(IEnumerable<ColumnUse> uses, LineageKind kind) =>
        kind is LineageKind.Direct ? uses : uses.Select(use => use.Kind < kind ? use with { Kind = kind } : use);

    private sealed class Progress
    {
        public int Depth { get; set; }

        public int Reentries { get; set; }
    }
}
