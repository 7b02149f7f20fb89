using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;

namespace Platform.AppHost.Embedded.Servers;

/// <summary>The npm packages that hold the servers, as pinned by <c>npm/package-lock.json</c>.</summary>
internal sealed class ServerPackages
{
    private static readonly string[] Pins = ["package.json", "package-lock.json", ".npmrc"];

    private ServerPackages(string node, string modules)
    {
        Node = node;
        Modules = modules;
    }

    /// <summary>The Node.js program.</summary>
    public string Node { get; }

    /// <summary>The <c>node_modules</c> folder.</summary>
    public string Modules { get; }

    /// <summary>
    /// Installs the packages below <paramref name="platformFolder"/> unless an earlier start did. Null when this machine has no Node.js.
    /// </summary>
    public static async Task<ServerPackages?> InstallAsync(string platformFolder, Action<string> report, CancellationToken cancellationToken)
    {
        if (Executable.Find("node") is not { } node || Executable.Find("npm") is not { } npm)
        {
            return null;
        }

        var parent = PlatformFolder.CreateReadable(Path.Combine(platformFolder, "servers"));
        var folder = Path.Combine(parent, PinsHash());
        var packages = new ServerPackages(node, Path.Combine(folder, "node_modules"));
        if (Directory.Exists(folder))
        {
            return packages;
        }

        using var single = await FileLock.AcquireAsync(
            folder + ".lock", () => report("waiting for another process that installs PostgreSQL and Azurite"), cancellationToken);
        if (!Directory.Exists(folder))
        {
            report("installing PostgreSQL and Azurite with npm (once, about 10 s)");
            await InstallAsync(npm, folder, cancellationToken);
        }

        return packages;
    }

    private static async Task InstallAsync(string npm, string folder, CancellationToken cancellationToken)
    {
        // Complete under another name first: a folder of the final name is always a finished installation.
        var partial = folder + ".partial";
        if (Directory.Exists(partial))
        {
            Directory.Delete(partial, recursive: true);
        }

        PlatformFolder.CreateReadable(partial);
        foreach (var pin in Pins)
        {
            await using var target = File.Create(Path.Combine(partial, pin));
            await using var source = Pin(pin);
            await source.CopyToAsync(target, cancellationToken);
        }

        await ChildProcess.RunAsync(
            new ChildProcessStart("npm ci", npm, ["ci", "--loglevel=error"]) { WorkingDirectory = partial }, cancellationToken);
        await LinkLibrariesAsync(Path.Combine(partial, "node_modules"), cancellationToken);
        if (UnprivilegedUser.IfRoot is not null)
        {
            await ChildProcess.RunAsync(new ChildProcessStart("chmod", "chmod", ["-R", "a+rX", partial]), cancellationToken);
        }

        Directory.Move(partial, folder);
    }

    /// <summary>npm packages cannot hold symbolic links; PostgreSQL's package lists those that its libraries need.</summary>
    private static async Task LinkLibrariesAsync(string modules, CancellationToken cancellationToken)
    {
        foreach (var package in Directory.GetDirectories(Path.Combine(modules, "@embedded-postgres")))
        {
            var list = Path.Combine(package, "native", "pg-symlinks.json");
            if (!File.Exists(list))
            {
                continue;
            }

            await using var stream = File.OpenRead(list);
            foreach (var link in await JsonSerializer.DeserializeAsync<LibraryLink[]>(stream, JsonSerializerOptions.Web, cancellationToken) ?? [])
            {
                var path = Path.Combine(package, link.Target);
                File.Delete(path);
                File.CreateSymbolicLink(path, Path.GetFileName(link.Source));
            }
        }
    }

    private static string PinsHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var pin in Pins)
        {
            using var source = Pin(pin);
            var bytes = new byte[source.Length];
            source.ReadExactly(bytes);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private static Stream Pin(string name) => Assembly.GetExecutingAssembly().GetManifestResourceStream("npm/" + name)
        ?? throw new InvalidOperationException($"The assembly lacks the resource npm/{name}.");

    private sealed record LibraryLink(string Source, string Target);
}
