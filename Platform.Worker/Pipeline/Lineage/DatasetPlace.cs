using System.Text.Json.Nodes;
using Npgsql;
using Platform.Worker.Landing;

namespace Platform.Worker.Pipeline.Lineage;

/// <summary>
/// How datasets are called: a table by server and database, the files of a dataset by account, container and folder without the date, so that
/// it is one dataset day after day (https://openlineage.io/docs/spec/naming).
/// </summary>
internal sealed class DatasetPlace
{
    private readonly string _database;

    public DatasetPlace(NpgsqlDataSource warehouse, LandingZone landing)
    {
        var connection = new NpgsqlConnectionStringBuilder(warehouse.ConnectionString);
        _database = connection.Database ?? connection.Username ?? "";
        Tables = $"postgres://{connection.Host}:{connection.Port}";
        Files = landing.Address;
    }

    /// <summary>Namespace of tables and views.</summary>
    public string Tables { get; }

    /// <summary>Namespace of landed files.</summary>
    public string Files { get; }

    public JsonObject Table(string schema, string name, JsonObject? facets = null) => Dataset(Tables, TableName(schema, name), facets);

    public JsonObject Landed(string domain, string dataset, JsonObject? facets = null) => Dataset(Files, $"{domain}/{dataset}", facets);

    /// <summary>A column of a table that another comes from.</summary>
    public JsonObject TableField(string schema, string name, string column, JsonObject transformation) =>
        Field(Tables, TableName(schema, name), column, transformation);

    /// <summary>A column of files that another comes from.</summary>
    public JsonObject LandedField(string domain, string dataset, string column, JsonObject transformation) =>
        Field(Files, $"{domain}/{dataset}", column, transformation);

    private string TableName(string schema, string name) => $"{_database}.{schema}.{name}";

    private static JsonObject Dataset(string place, string name, JsonObject? facets)
    {
        facets ??= [];
        facets["dataSource"] = Facet.DataSource(place);
        return new JsonObject { ["namespace"] = place, ["name"] = name, ["facets"] = facets };
    }

    private static JsonObject Field(string place, string name, string column, JsonObject transformation) => new()
    {
        ["namespace"] = place, ["name"] = name, ["field"] = column, ["transformations"] = new JsonArray(transformation),
    };
}
