using Npgsql;
using Platform.Worker.Transform;
using Platform.Worker.Transform.Profiles;

namespace Platform.Worker.Tests.Transform.Profiles;

public sealed class ProfileSearchTests
{
    private const string Profiles =
        """
        config:
          send_anonymous_usage_stats: false
        shop:
          target: "{{ var('where', 'dev') }}"
          outputs:
            dev: {type: postgres, host: localhost, user: me, password: "{{ not jinja", port: "{{ 5433 }}", dbname: shop, schema: dev_me, threads: 8,
                  keepalives_idle: 10, connect_timeout: 3, search_path: "a,b", sslmode: require, retries: 2, role: builder, application_name: mine}
            prod: {type: postgres, host: "{{ env_var('NO_SUCH_VARIABLE_HERE') }}", user: me, pass: x, port: 5432, dbname: shop, schema: prod}
            short: {type: postgres, host: localhost}
            snow: {type: snowflake, account: x}
        empty: {}
        """;

    [Fact]
    public void Find_OwnTarget_ReadsEveryField()
    {
        using var project = TestProject.Of(("profiles.yml", Profiles));

        var profile = Search(project).Find()!;

        Assert.Equal(("shop", "dev", "localhost", 5433, "me", "{{ not jinja", "shop", "dev_me", 8), (
            profile.ProfileName, profile.TargetName, profile.Host, profile.Port, profile.User, profile.Password, profile.Database, profile.Schema, profile.Threads));
        using var dataSource = profile.CreateDataSource();
        var connection = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        Assert.Equal(("a,b", 3, 10, SslMode.Require, "mine"), (
            connection.SearchPath, connection.Timeout, connection.TcpKeepAliveTime, connection.SslMode, connection.ApplicationName));
        Assert.Equal("builder", profile.ToTarget().Settings["role"]);
        Assert.Equal("shop", profile.ToTarget().ProfileName);
    }

    [Theory]
    [InlineData("{{ env_var('DBT_ENV_SECRET_OF_PROFILE_SEARCH_TESTS') }}", "abc123")]
    [InlineData("before-{{ env_var('DBT_ENV_SECRET_OF_PROFILE_SEARCH_TESTS') }}", "before-abc123")]
    [InlineData("{{ env_var('DBT_ENV_SECRET_OF_PROFILE_SEARCH_TESTS') | join(' ') }}", "$ $ $ S E C R E T : D B T _ E N V _ S E C R E T _ O F _ P R O F I L E _ S E A R C H _ T E S T S $ $ $")]
    public void Secret_IsItsValue_AndNothingThatAFilterMakesOfIt(string written, string expected)
    {
        Environment.SetEnvironmentVariable("DBT_ENV_SECRET_OF_PROFILE_SEARCH_TESTS", "abc123");
        using var project = TestProject.Of(("profiles.yml", Profiles.Replace("{{ not jinja", written, StringComparison.Ordinal)));

        Assert.Equal(expected, Search(project).Find()!.Password);
    }

    [Theory]
    [InlineData("shop", "staging", " - dev\n - prod\n - short\n - snow")]
    [InlineData("shop", "prod", "Env var required but not provided: 'NO_SUCH_VARIABLE_HERE'")]
    [InlineData("shop", "short", "'user', 'password', 'dbname', 'schema' is a required property")]
    [InlineData("shop", "snow", "Only 'postgres' can be built here")]
    [InlineData("nobody", null, "has: shop, empty.")]
    [InlineData("empty", null, "outputs not specified in profile 'empty'")]
    public void Find_NotThere_SaysWhatIs(string profile, string? target, string says)
    {
        using var project = TestProject.Of(("profiles.yml", Profiles));

        var fault = Assert.Throws<TransformException>(() => (Search(project) with { Profile = profile, Target = target }).Find());

        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.Contains("profiles.yml", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_TargetFromVariable_IsChosenByIt()
    {
        using var project = TestProject.Of(("profiles.yml", Profiles.Replace("short", "local", StringComparison.Ordinal)));

        var fault = Assert.Throws<TransformException>(
            () => (Search(project) with { Vars = new Dictionary<string, object?> { ["where"] = "local" } }).Find());

        Assert.Contains("target \"local\" invalid", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_NothingAskedForAndNoFile_LeavesItToThePlatform()
    {
        using var project = TestProject.Of();

        Assert.Null((Search(project) with { ProfilesDirectory = null }).Find());
        var fault = Assert.Throws<TransformException>(() => Search(project).Find());
        Assert.Contains($"There is no profiles.yml in {project.Directory}", fault.Message, StringComparison.Ordinal);
    }

    private static ProfileSearch Search(TestProject project) =>
        new() { ProjectDirectory = project.Directory, ProjectProfile = "shop", ProfilesDirectory = project.Directory };
}
