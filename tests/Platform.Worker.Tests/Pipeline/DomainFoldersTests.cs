using Platform.Worker.Tests.Operate;

namespace Platform.Worker.Tests.Pipeline;

/// <summary>Folders of further domains that cannot be used end the start in plain words, before any server is asked.</summary>
public sealed class DomainFoldersTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("domain");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Start_FolderIsMissing_NamesItAndTheSetting()
    {
        var missing = Path.Combine(_folder.FullName, "nowhere");

        Assert.Equal(
            $"Configuration fault: 1 contract error:\n  {missing}: there is no such folder of contracts. Create it, or correct Sources:Directories.",
            await FaultOfStartAsync(missing));
    }

    [Fact]
    public async Task Start_DomainIsThereAlready_NamesBothFolders()
    {
        var contract = Path.Combine(_folder.FullName, "orders.odcs.yaml");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Sources", "Sales", "orders.odcs.yaml"), contract);

        Assert.Equal(
            $"Configuration fault: 1 contract error:\n  {contract}: domain 'sales' is in {Path.Combine(AppContext.BaseDirectory, "Sources")} already, "
            + "and a domain is in one folder. Give this one another name, or correct Sources:Directories.",
            await FaultOfStartAsync(_folder.FullName));
    }

    [Fact]
    public async Task Start_ModelsWithoutAProject_SaysWhatIsMissing()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Loading", "Late", "visits.odcs.yaml"), Path.Combine(_folder.FullName, "visits.odcs.yaml"));
        _folder.CreateSubdirectory("models");

        Assert.Equal(
            $"Configuration fault: {_folder.FullName} has models and no dbt_project.yml, so that nothing would build them. Add one that names the project "
            + "('name: ...'), or take the folder out of Sources:Directories.",
            await FaultOfStartAsync(_folder.FullName));
    }

    private static async Task<string> FaultOfStartAsync(string folder)
    {
        var (code, _, error) = await WorkerProcess.RunAsync(
            [],
            new Dictionary<string, string>
            {
                ["ConnectionStrings__warehouse"] = "Host=127.0.0.1;Port=1;Database=none;Username=none;Password=none",
                ["ConnectionStrings__landing"] = "UseDevelopmentStorage=true",
                ["Sources__Directories__0"] = folder,
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            },
            Token);

        Assert.Equal(2, code);
        return error.ReplaceLineEndings("\n").TrimEnd();
    }
}
