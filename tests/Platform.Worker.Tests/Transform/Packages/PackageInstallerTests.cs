using Platform.Worker.Transform;
using Platform.Worker.Transform.Packages;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Tests.Transform.Packages;

public sealed class PackageInstallerTests : IDisposable
{
    private readonly TestProject _project = TestProject.Of();
    private readonly List<DepsMessage> _messages = [];
    private Uri? _hub;

    [Fact]
    public async Task LocalPackage_IsLinkedAndLocked()
    {
        _project.Write("vendored/money/dbt_project.yml", "name: money\n");
        _project.Write("packages.yml", "packages:\n  - local: vendored/money\n");

        await InstallAsync();

        Assert.Equal(Path.Combine(_project.Directory, "vendored", "money"), new DirectoryInfo(Installed("money")).ResolveLinkTarget(true)!.FullName);
        Assert.Equal(["Installing vendored/money", "Installed from <local @ vendored/money>"], Said("Install"));
        Assert.StartsWith("packages:\n  - local: vendored/money\n    name: money\nsha1_hash: ", Lock(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LocalPackage_WhoseFolderHasAnotherName_IsReadOnce()
    {
        _project.Write("vendored/dbt-money/dbt_project.yml", "name: money\n");
        _project.Write("packages.yml", "packages:\n  - local: vendored/dbt-money\n");
        await InstallAsync();
        var errors = new ProjectErrors();

        var packages = new PackageReader().Read(_project.Directory, ProjectContext.Lenient, errors);

        errors.ThrowIfAny();
        Assert.Equal(["shop", "money"], packages.Select(package => package.Name));
    }

    [Fact]
    public async Task GitPackage_OfABranch_IsLockedToItsCommit()
    {
        using var git = new GitStub("money");
        var first = git.Commit("macros/rate.sql", "{% macro rate() %}1{% endmacro %}");
        _project.Write("packages.yml", $"packages:\n  - git: {git.Url}\n    revision: main\n");

        await InstallAsync();
        git.Commit("macros/rate.sql", "{% macro rate() %}2{% endmacro %}");
        await InstallAsync();

        Assert.Contains("rate() %}1{", File.ReadAllText(Path.Combine(Installed("money"), "macros", "rate.sql")), StringComparison.Ordinal);
        Assert.Contains($"    revision: {first}\n", Lock(), StringComparison.Ordinal);
        Assert.Single(Said("Unpinned"), text => text.Contains("pinned to the \"main\" branch", StringComparison.Ordinal));

        await InstallAsync(new DepsRequest { ProjectDirectory = _project.Directory, Upgrade = true });
        Assert.Contains("rate() %}2{", File.ReadAllText(Path.Combine(Installed("money"), "macros", "rate.sql")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1", "1")]
    [InlineData("old", "2")]
    [InlineData("{hash}", "1")]
    public async Task GitPackage_OfATagBranchOrCommit_IsThatOne(string revision, string expected)
    {
        using var git = new GitStub("money");
        var hash = git.Commit("rate", "1");
        git.Run("tag", "v1");
        git.Commit("rate", "2");
        git.Run("branch", "old");
        git.Commit("rate", "3");
        _project.Write("packages.yml", $"packages:\n  - git: {git.Url}\n    revision: {revision.Replace("{hash}", hash, StringComparison.Ordinal)}\n");

        await InstallAsync();

        Assert.Equal(expected, File.ReadAllText(Path.Combine(Installed("money"), "rate")));
        Assert.Empty(Said("Unpinned"));
    }

    [Fact]
    public async Task GitPackage_InASubdirectory_IsThatFolderAlone()
    {
        using var git = new GitStub("money", "dbt/money");
        git.Commit("README", "not the package's");
        _project.Write("packages.yml", $"packages:\n  - git: {git.Url}\n    subdirectory: dbt/money\n    warn-unpinned: false\n");

        await InstallAsync();

        Assert.Equal(["dbt_project.yml"], Directory.EnumerateFileSystemEntries(Installed("money")).Select(Path.GetFileName));
        Assert.Empty(Said("Unpinned"));
        Assert.Contains("    subdirectory: dbt/money\n", Lock(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GitPackage_WithoutThatRevision_NamesThoseThereAre()
    {
        using var git = new GitStub("money");
        git.Run("tag", "v1");
        _project.Write("packages.yml", $"packages:\n  - git: {git.Url}\n    revision: v9\n");

        var fault = await FailAsync();

        Assert.StartsWith($"packages.yml:2:5: the git package '{git.Url}' has no branch or tag 'v9'. Use one of main, v1", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GitPackages_AskedForInTwoRevisions_AreNamed()
    {
        using var git = new GitStub("money");
        _project.Write("a/dbt_project.yml", "name: a\n");
        _project.Write("a/packages.yml", $"packages: [{{git: {git.Url}.git, revision: v2}}]\n");
        _project.Write("packages.yml", $"packages:\n  - {{git: {git.Url}, revision: main}}\n  - local: a\n");

        Assert.Contains("is asked for in several revisions: main, v2", await FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repository_ThatIsNotThere_SaysWhatToCheck()
    {
        _project.Write("packages.yml", "packages:\n  - git: file:///nowhere/at-all\n");

        var fault = await FailAsync();

        Assert.Contains("the git package 'file:///nowhere/at-all' cannot be fetched", fault, StringComparison.Ordinal);
        Assert.Contains("Check the URL", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HubPackages_ComeInTheHighestVersionThatAllAllow_WithTheirOwnPackages()
    {
        await using var hub = await StartHubAsync();
        hub.Add("acme/dates", "1.0.0");
        hub.Add("acme/dates", "1.4.0");
        hub.Add("acme/dates", "2.0.0-rc1");
        hub.Add("acme/dates", "2.1.0");
        hub.Add("acme/money", "0.3.0", needs: ["acme/dates@>=1.0.0,<2.0.0"]);
        _project.Write("packages.yml", "packages:\n  - {package: acme/money, version: 0.3.0}\n  - package: acme/dates\n    version: \">=1.0.0\"\n");

        await InstallAsync();

        Assert.Equal(["dates", "money"], Directory.EnumerateDirectories(Installed("")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("1.4.0", File.ReadAllText(Path.Combine(Installed("dates"), "macros", "version.sql")), StringComparison.Ordinal);
        Assert.Contains("  - name: dates\n    package: acme/dates\n    version: 1.4.0\n", Lock(), StringComparison.Ordinal);
        Assert.Contains("Updated version available: 2.1.0", Said("Update"));
    }

    [Fact]
    public async Task HubPackages_OfAnUnchangedRequest_ComeFromTheLock()
    {
        await using var hub = await StartHubAsync();
        hub.Add("acme/dates", "1.0.0");
        _project.Write("packages.yml", "packages:\n  - {package: acme/dates, version: [\">=1.0.0\", \"<2.0.0\"]}\n");
        await InstallAsync(new DepsRequest { ProjectDirectory = _project.Directory, LockOnly = true });
        Assert.False(Directory.Exists(Installed("")));

        hub.Add("acme/dates", "1.1.0");
        await InstallAsync();
        Assert.Contains("version: 1.0.0", Lock(), StringComparison.Ordinal);

        await InstallAsync(new DepsRequest { ProjectDirectory = _project.Directory, Upgrade = true });
        Assert.Contains("version: 1.1.0", Lock(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.0.0-rc1", "", "2.0.0-rc1")]
    [InlineData("\">=1.0.0\"", "", "1.5.0")]
    [InlineData("\">=1.0.0\"", "install_prerelease: true", "2.0.0-rc1")]
    public async Task Prereleases_AreTakenWhenAskedFor(string version, string more, string expected)
    {
        await using var hub = await StartHubAsync();
        hub.Add("acme/dates", "1.5.0");
        hub.Add("acme/dates", "2.0.0-rc1");
        hub.Add("acme/dates", "1.9.0", requireDbtVersion: "<1.0.0");
        _project.Write("packages.yml", $"packages:\n  - package: acme/dates\n    version: {version}\n    {more}\n");

        await InstallAsync();

        Assert.Contains($"version: {expected}\n", Lock(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme/dates", "[\">=1.0.0\", \"<0.5.0\"]", "no version can meet all of >=1.0.0, <0.5.0")]
    [InlineData("acme/dates", "\">=3.0.0\"", "Requested range: >=3.0.0\n  Compatible versions: 1.0.0")]
    [InlineData("other/dates", "1.0.0", "was not found in the package index at {hub}. There is acme/dates.")]
    [InlineData("dates", "1.0.0", "require a namespace")]
    [InlineData("acme/dates", "latest", "'latest' is not a version")]
    [InlineData("acme/dates", "''", "acme/dates is missing the version")]
    public async Task HubPackage_ThatCannotBeHad_SaysWhy(string package, string version, string message)
    {
        await using var hub = await StartHubAsync();
        hub.Add("acme/dates", "1.0.0");
        _project.Write("packages.yml", $"packages:\n  - package: {package}\n    version: {version}\n");

        Assert.Contains(message.Replace("{hub}", hub.Address.ToString(), StringComparison.Ordinal), await FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hub_ThatIsOutForAMoment_IsAskedAgain()
    {
        await using var hub = await StartHubAsync();
        hub.Add("acme/dates", "1.0.0");
        hub.Outages = 1;
        _project.Write("packages.yml", "packages:\n  - {package: acme/dates, version: 1.0.0}\n");

        await InstallAsync();

        Assert.Equal(["/api/v1/index.json", "/api/v1/index.json"], hub.Requests.Take(2));
        Assert.True(Directory.Exists(Installed("dates")));
    }

    [Fact]
    public async Task Tarball_IsInstalledUnderTheNameGiven()
    {
        await using var hub = await StartHubAsync();
        var url = hub.AddArchive("money.tar.gz", new Dictionary<string, string> { ["money-main/dbt_project.yml"] = "name: money\n" });
        Environment.SetEnvironmentVariable("DBT_ENV_SECRET_SELECTION_HOST", url[..url.LastIndexOf('/')]);
        _project.Write("packages.yml", "packages:\n  - tarball: \"{{ env_var('DBT_ENV_SECRET_SELECTION_HOST') }}/money.tar.gz\"\n    name: coins\n");

        await InstallAsync();

        Assert.True(File.Exists(Path.Combine(Installed("coins"), "dbt_project.yml")));
        Assert.DoesNotContain(hub.Address.ToString(), Lock() + string.Concat(_messages.Select(message => message.Text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../escaped", "reaches outside its folder: '../escaped'")]
    [InlineData("/tmp/escaped-absolutely", "reaches outside its folder: '/tmp/escaped-absolutely'")]
    [InlineData("second/file", "Incorrect structure for package")]
    public async Task Tarball_ThatIsNoPackageOfItsOwn_IsRefused(string entry, string message)
    {
        await using var hub = await StartHubAsync();
        var url = hub.AddArchive("bad.tar.gz", new Dictionary<string, string> { ["bad/dbt_project.yml"] = "name: bad\n", [entry] = "x" });
        _project.Write("packages.yml", $"packages:\n  - {{tarball: \"{url}\", name: bad}}\n");

        Assert.Contains(message, await FailAsync(), StringComparison.Ordinal);
        Assert.Equal(["dbt_project.yml", "packages.yml"], Directory.EnumerateFileSystemEntries(_project.Directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Tarball_WithALinkOutOfItself_IsInstalledWithoutIt()
    {
        await using var hub = await StartHubAsync();
        var url = hub.AddArchive("bad.tar.gz", new Dictionary<string, string>
        {
            ["bad/dbt_project.yml"] = "name: bad\n",
            ["bad/out"] = "->" + _project.Directory,
            ["bad/out/planted"] = "x",
        });
        _project.Write("packages.yml", $"packages:\n  - {{tarball: \"{url}\", name: bad}}\n");

        await InstallAsync();

        Assert.False(File.Exists(Path.Combine(_project.Directory, "planted")));
    }

    [Fact]
    public async Task Installation_ThatFails_LeavesTheFormerOne()
    {
        _project.Write("dbt_packages/money/dbt_project.yml", "name: money\n");
        _project.Write("packages.yml", "packages:\n  - git: file:///nowhere/at-all\n");

        await FailAsync();

        Assert.True(File.Exists(Path.Combine(Installed("money"), "dbt_project.yml")));
        Assert.Empty(Directory.EnumerateDirectories(_project.Directory, ".deps-*"));
    }

    [Theory]
    [InlineData("name: shop\n", "same name as the root project \"shop\"")]
    [InlineData("name: twin\n", "Found duplicate project \"twin\": a and b")]
    public async Task Projects_OfTheSameName_AreRefused(string project, string message)
    {
        _project.Write("a/dbt_project.yml", project);
        _project.Write("b/dbt_project.yml", "name: twin\n");
        _project.Write("packages.yml", "packages: [{local: a}, {local: b}]\n");

        Assert.Contains(message, await FailAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("packages:\n  - git: ''\n", "packages.yml:2:5: the git package has no value")]
    [InlineData("packages:\n  - hub: x\n", "packages.yml:2:5: the entry names no package")]
    [InlineData("packages:\n  - local: nowhere\n", "the package 'nowhere' has no dbt_project.yml")]
    [InlineData("packages:\n  - git: \"{{ env_var('NOT_SET_ANYWHERE') }}\"\n", "Env var required but not provided: 'NOT_SET_ANYWHERE'")]
    [InlineData("packages:\n  - {private: acme/money, provider: cvs}\n", "'cvs' is no provider")]
    [InlineData("projects: []\n", "'projects' belongs into dependencies.yml")]
    public async Task List_ThatIsWrong_SaysWhere(string packages, string message)
    {
        _project.Write("packages.yml", packages);

        Assert.Contains(message, await FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dependencies_AreReadWithVariables_AndInstalledWhereTheProjectSays()
    {
        _project.Write("dbt_project.yml", "name: shop\npackages-install-path: vendor\n");
        _project.Write("money/dbt_project.yml", "name: money\n");
        _project.Write("dependencies.yml", "projects: []\npackages:\n  - local: \"{{ var('folder', 'nowhere') }}\"\n");

        await InstallAsync(new DepsRequest { ProjectDirectory = _project.Directory, Vars = new Dictionary<string, object?> { ["folder"] = "money" } });

        Assert.True(Directory.Exists(Path.Combine(_project.Directory, "vendor", "money")));
    }

    [Fact]
    public async Task Addition_TakesThePlaceOfAnEntryOfThatName()
    {
        await using var hub = await StartHubAsync();
        hub.Add("acme/dates", "1.2.0");
        _project.Write("packages.yml", "packages:\n  - package: acme/dates\n    version: 1.0.0\n");

        await InstallAsync(new DepsRequest { ProjectDirectory = _project.Directory, AddPackage = "acme/dates@>=1.1.0,<2.0.0", LockOnly = true });

        Assert.Equal(
            "packages:\n  - package: acme/dates\n    version:\n      - '>=1.1.0'\n      - <2.0.0\n",
            File.ReadAllText(Path.Combine(_project.Directory, "packages.yml")));
        Assert.Contains("version: 1.2.0", Lock(), StringComparison.Ordinal);
    }

    public void Dispose() => _project.Dispose();

    private async Task<HubStub> StartHubAsync()
    {
        var hub = await HubStub.StartAsync();
        _hub = hub.Address;
        return hub;
    }

    private async Task InstallAsync(DepsRequest? request = null)
    {
        using var client = new HttpClient();
        var installer = new PackageInstaller(client, TimeProvider.System) { Hub = _hub ?? new Uri("http://127.0.0.1:1/") };
        await installer.RunAsync(
            request ?? new DepsRequest { ProjectDirectory = _project.Directory }, new Listener(_messages), TestContext.Current.CancellationToken);
    }

    private async Task<string> FailAsync() => (await Assert.ThrowsAsync<TransformException>(() => InstallAsync())).Message;

    private string Installed(string name) => Path.Combine(_project.Directory, "dbt_packages", name);

    private string Lock() => File.ReadAllText(Path.Combine(_project.Directory, "package-lock.yml"));

    private List<string> Said(string name) => _messages.Where(message => message.Name.Contains(name, StringComparison.Ordinal)).Select(message => message.Text).ToList();

    private sealed class Listener(List<DepsMessage> messages) : IProgress<DepsMessage>
    {
        public void Report(DepsMessage value) => messages.Add(value);
    }
}
