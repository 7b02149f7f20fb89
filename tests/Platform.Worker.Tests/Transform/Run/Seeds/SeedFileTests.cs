using Platform.Worker.Transform;
using Platform.Worker.Transform.Graph;
using Platform.Worker.Transform.Project;
using Platform.Worker.Transform.Run.Seeds;

namespace Platform.Worker.Tests.Transform.Run.Seeds;

/// <summary>How a file is read and what types its columns have; the expectations are what dbt's own readers give.</summary>
public sealed class SeedFileTests
{
    [Theory]
    [InlineData("1|2|-3", "integer", "1|2|-3")]
    [InlineData("007|12", "integer", "007|12")]
    [InlineData("1.0|2.00", "integer", "1|2")]
    [InlineData("1.50|2", "float8", "1.50|2")]
    [InlineData("1e3|2", "integer", "1000|2")]
    [InlineData("\"1,234\"|$5|7%", "integer", "1234|5|7")]
    [InlineData("-$5.25|€3", "float8", "-5.25e0|3.e0")]
    [InlineData("5000000000|1", "integer", "5000000000|1")]
    [InlineData("1234567890123456789012345678901|1", "float8", "1234567890123456789012345678901|1")]
    [InlineData("nan|1", "integer", "NaN|1")]
    [InlineData("1.5|2026-01-01", "text", "1.5|2026-01-01")]
    [InlineData("2026-01-31|2026-2-1", "date", "2026-01-31|2026-02-01")]
    [InlineData("2026-02-30|2026-01-01", "text", "2026-02-30|2026-01-01")]
    [InlineData("01/02/2026", "text", "01/02/2026")]
    [InlineData("2026-01-31 10:00:00|2026-1-1 9:5:7", "timestamp without time zone", "2026-01-31 10:00:00|2026-01-01 09:05:07")]
    [InlineData("2026-01-31 10:00:00.5", "text", "2026-01-31 10:00:00.5")]
    [InlineData("2026-01-31 10:00:00|2026-01-31", "text", "2026-01-31 10:00:00|2026-01-31")]
    [InlineData("2026-01-31T10:00:00|20260131T100000.25", "timestamp without time zone", "2026-01-31 10:00:00.000000|2026-01-31 10:00:00.250000")]
    [InlineData("2026-01-31T10:00Z|2026-W05-6T10+02:30", "timestamp without time zone", "2026-01-31 10:00:00.000000+00:00|2026-01-31 10:00:00.000000+02:30")]
    [InlineData("2026-01-31T25:00:00", "text", "2026-01-31T25:00:00")]
    [InlineData("true|FALSE|True", "boolean", "true|false|true")]
    [InlineData("true|0", "text", "true|0")]
    [InlineData("yes|no", "text", "yes|no")]
    [InlineData("null|NULL| 4 ", "integer", "~|~|4")]
    [InlineData("a| b |  |Null", "text", "a| b |~|~")]
    [InlineData("|", "integer", "~|~")]
    [InlineData("\"\"|\"x\"\"y\"|\"a\"b", "text", "~|x\"y|ab")]
    public void Column_HasTheTypeThatAllItsFieldsFit(string fields, string type, string values)
    {
        using var project = TestProject.Of(("seeds/x.csv", "value,other\n" + string.Concat(fields.Split('|').Select(field => $"{field},x\n"))));

        var file = Scan(project);

        Assert.Equal(type, file.Columns[0].SqlType);
        Assert.Equal(values, string.Join('|', file.Rows().Select(row => row[0] ?? "~")));
    }

    [Theory]
    [InlineData("a,b\r\n1,\"x\r\ny\"\r\n", "1;x\ny")]
    [InlineData("\uFEFFa,b\n1,2", "1;2")]
    [InlineData("a,b\n1\n", "1;~")]
    [InlineData("a,b\n1,2\n\n", "1;2|~;~")]
    [InlineData("a,b\n1, \"x\"\n", "1; \"x\"")]
    [InlineData("a,b\n1,\"open\n", "1;open\n")]
    [InlineData("a,b\n", "")]
    public void File_IsReadAsPythonsCsvModuleReadsIt(string text, string rows)
    {
        using var project = TestProject.Of(("seeds/x.csv", text));

        var file = Scan(project);

        Assert.Equal("a,b", string.Join(',', file.Columns.Select(column => column.Name)));
        Assert.Equal(rows, string.Join('|', file.Rows().Select(row => string.Join(';', row.Select(value => value ?? "~")))));
        Assert.Equal(file.Rows().Count(), file.RowCount);
    }

    [Fact]
    public void Header_WithEmptyAndRepeatedNames_IsMadeUnique()
    {
        using var project = TestProject.Of(("seeds/x.csv", "id,,id,id\n1,2,3,4\n"));

        Assert.Equal("id,b,id_2,id_3", string.Join(',', Scan(project).Columns.Select(column => column.Name)));
    }

    [Fact]
    public void HeaderOnly_IsIntegerColumns()
    {
        using var project = TestProject.Of(("seeds/x.csv", "id,name\n"));

        Assert.Equal("integer,integer", string.Join(',', Scan(project).Columns.Select(column => column.SqlType)));
    }

    [Fact]
    public void ConfiguredColumn_KeepsItsText()
    {
        using var project = TestProject.Of(("seeds/x.csv", "code;n\n007;1\n"));

        var file = Scan(project, new() { ["column_types"] = new Dictionary<string, object?> { ["code"] = "varchar(5)" }, ["delimiter"] = ";" });

        Assert.Equal((SeedTypes.Text, "007"), (file.Columns[0].Type, file.Rows().Single()[0]));
    }

    [Theory]
    [InlineData("a,b\n1,2\n1,2,3\n", "seeds/x.csv:3: the line has 3 fields, the header 2. Correct the line.")]
    [InlineData("a,b\n\"1\n\",2\n1,2,3\n", "seeds/x.csv:4: the line has 3 fields, the header 2. Correct the line.")]
    public void LineWithTooManyFields_IsNamed(string text, string expected)
    {
        using var project = TestProject.Of(("seeds/x.csv", text));

        Assert.Equal(expected, Assert.Throws<TransformException>(() => Scan(project)).Message);
    }

    private static SeedFile Scan(TestProject project, Dictionary<string, object?>? config = null) => SeedFile.Scan(
        new Node
        {
            UniqueId = "seed.shop.x",
            Name = "x",
            ResourceType = ResourceType.Seed,
            PackageName = "shop",
            Path = "x.csv",
            OriginalFilePath = "seeds/x.csv",
            FullPath = Path.Combine(project.Directory, "seeds/x.csv"),
            Fqn = ["shop", "x"],
            Config = NodeConfig.Empty.With(config ?? []),
            At = new SourceLocation("seeds/x.csv"),
        },
        TestWarehouse.Token);
}
