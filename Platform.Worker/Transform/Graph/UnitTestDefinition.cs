namespace Platform.Worker.Transform.Graph;

/// <summary>A unit test (https://docs.getdbt.com/reference/resource-properties/unit-tests). Fixture files are read, csv is split into rows.</summary>
internal sealed record UnitTestDefinition
{
    /// <summary>The model's name as written.</summary>
    public required string Model { get; init; }

    /// <summary>The version of the model this test is for; null when the model has none.</summary>
    public string? Version { get; init; }

    /// <summary>Unique id of the model.</summary>
    public string TestedNode { get; init; } = "";

    public required IReadOnlyList<UnitTestRows> Given { get; init; }

    public required UnitTestRows Expect { get; init; }

    public IReadOnlyDictionary<string, object?> MacroOverrides { get; init; } = new Dictionary<string, object?>();

    public IReadOnlyDictionary<string, object?> VarOverrides { get; init; } = new Dictionary<string, object?>();

    public IReadOnlyDictionary<string, object?> EnvVarOverrides { get; init; } = new Dictionary<string, object?>();
}

/// <summary>Rows of an input or of the expectation: <see cref="Rows"/> (formats dict and csv) or <see cref="Sql"/>.</summary>
internal sealed record UnitTestRows
{
    public const string This = "this";

    /// <summary>dict, csv or sql.</summary>
    public required string Format { get; init; }

    /// <summary>What an input stands for, as written: <c>ref('x')</c>, <c>source('a', 'b')</c> or <c>this</c>; null for the expectation.</summary>
    public string? Input { get; init; }

    /// <summary>Unique id of the node of <see cref="Input"/>; null for <c>this</c>, which is the tested model, and for what is nothing of the project.</summary>
    public string? InputNode { get; init; }

    public bool IsThis => Input == This;

    /// <summary>The input is nothing of the project: the test fails when it runs.</summary>
    public bool IsUnknown => Input is not null && InputNode is null && !IsThis;

    /// <summary>Name of the file below tests/fixtures that the rows come from.</summary>
    public string? Fixture { get; init; }

    /// <summary>Column to value. A csv cell is text, or null when it is empty.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows { get; init; } = [];

    public string? Sql { get; init; }
}
