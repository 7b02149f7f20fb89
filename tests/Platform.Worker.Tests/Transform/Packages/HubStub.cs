using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Worker.Tests.Transform.Packages;

/// <summary>A package hub on the loopback, with the archives it points to.</summary>
internal sealed class HubStub : IAsyncDisposable
{
    private readonly Dictionary<string, Dictionary<string, object>> _packages = [];
    private readonly Dictionary<string, byte[]> _archives = [];
    private readonly WebApplication _server;

    private HubStub(WebApplication server) => _server = server;

    public Uri Address => new(_server.Urls.First() + "/");

    /// <summary>Paths asked for, in order.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>How many requests fail with 503 before the server recovers.</summary>
    public int Outages { get; set; }

    public static async Task<HubStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var hub = new HubStub(server);
        server.Run(hub.AnswerAsync);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return hub;
    }

    /// <summary>Lists a version of a package whose archive holds a project with one macro that tells the version.</summary>
    public void Add(string package, string version, string[]? needs = null, string? requireDbtVersion = null)
    {
        var name = package[(package.IndexOf('/') + 1)..];
        var archive = $"archives/{name}-{version}.tar.gz";
        var files = new Dictionary<string, string>
        {
            [$"{name}-{version}/dbt_project.yml"] = $"name: {name}\nversion: '{version}'\n",
            [$"{name}-{version}/macros/version.sql"] = $"{{% macro {name}_version() %}}{version}{{% endmacro %}}",
        };
        AddArchive(archive, files);
        if (!_packages.TryGetValue(package, out var versions))
        {
            _packages[package] = versions = [];
        }

        versions[version] = new
        {
            id = $"{package}/{version}",
            name,
            version,
            packages = (needs ?? []).Select(need => need.Split('@')).Select(need => new { package = need[0], version = need[1].Split(',') }),
            require_dbt_version = requireDbtVersion is null ? (string[])[] : [requireDbtVersion],
            downloads = new { tarball = $"{Address}{archive}", format = "tgz" },
        };
    }

    /// <summary>Serves a .tar.gz of these files; a text that starts with "->" makes a symbolic link.</summary>
    public string AddArchive(string path, IEnumerable<KeyValuePair<string, string>> files)
    {
        using var memory = new MemoryStream();
        using (var zipped = new GZipStream(memory, CompressionMode.Compress, leaveOpen: true))
        using (var archive = new TarWriter(zipped, TarEntryFormat.Pax))
        {
            foreach (var (name, text) in files)
            {
                archive.WriteEntry(text.StartsWith("->", StringComparison.Ordinal)
                    ? new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = text[2..] }
                    : new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
            }
        }

        _archives["/" + path] = memory.ToArray();
        return Address + path;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Requests.Add(path);
        if (Outages > 0)
        {
            Outages--;
            context.Response.StatusCode = 503;
        }
        else if (_archives.TryGetValue(path, out var archive))
        {
            await context.Response.Body.WriteAsync(archive, context.RequestAborted);
        }
        else if (path == "/api/v1/index.json")
        {
            await context.Response.WriteAsync(JsonSerializer.Serialize(_packages.Keys), context.RequestAborted);
        }
        else if (path.StartsWith("/api/v1/", StringComparison.Ordinal) && _packages.TryGetValue(path["/api/v1/".Length..^".json".Length], out var versions))
        {
            await context.Response.WriteAsync(JsonSerializer.Serialize(new { name = "stub", versions }), context.RequestAborted);
        }
        else
        {
            context.Response.StatusCode = 404;
        }
    }
}
