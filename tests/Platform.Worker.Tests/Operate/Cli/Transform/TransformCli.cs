using Npgsql;
using Platform.Testing;
using Platform.Worker.Operate.Cli;
using Platform.Worker.Tests.Transform;

namespace Platform.Worker.Tests.Operate.Cli.Transform;

/// <summary>The verbs of transform, called through the Worker's command line, on a database of one test and a profile for it.</summary>
internal sealed class TransformCli : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private TransformCli(TestDatabase database, TestProject project) => (_database, Project) = (database, project);

    public TestProject Project { get; }

    public TestDatabase Database => _database;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TransformCli> CreateAsync(EmbeddedServers servers, params (string Path, string Text)[] files)
    {
        var database = await servers.CreateDatabaseAsync(Token);
        var cli = new TransformCli(database, TestProject.Of(files));
        if (!files.Any(file => file.Path == "dbt_project.yml"))
        {
            cli.Project.Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n");
        }

        cli.Project.Write("profiles.yml", cli.Profile("shop"));
        return cli;
    }

    /// <summary>A profile "dev" for the database.</summary>
    public string Profile(string name, string schema = "dev") => Profile(name, schema, _database.ConnectionString);

    public static string Profile(string name, string schema, string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        return $$"""
            {{name}}:
              target: dev
              outputs:
                dev:
                  type: postgres
                  host: {{connection.Host}}
                  port: {{connection.Port}}
                  user: {{connection.Username}}
                  pass: "{{connection.Password}}"
                  dbname: {{connection.Database}}
                  schema: {{schema}}
                  threads: 2
            """;
    }

    /// <summary>Runs <c>transform</c> with these arguments on the project.</summary>
    public async Task<CliResult> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.InvokeAsync(
            ["transform", .. arguments, "--project-dir", Project.Directory, "--profiles-dir", Project.Directory], static _ => { }, output, error);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    public string Artifact(string path) => File.ReadAllText(Path.Combine(Project.Directory, "target", path));

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Token) is T value ? value : default;
    }

    public async ValueTask DisposeAsync()
    {
        Project.Dispose();
        await _database.DisposeAsync();
    }
}

/// <summary>How a command line ended; the output is without the times at the start of lines.</summary>
internal sealed record CliResult(int Code, string RawOutput, string Error)
{
    public string Output { get; } = string.Join(
        '\n', RawOutput.Split('\n').Select(line => line.Length >= 10 && line[2] == ':' && line[5] == ':' ? line[10..] : line));
}
