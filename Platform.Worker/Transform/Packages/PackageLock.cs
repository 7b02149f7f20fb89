using System.Security.Cryptography;
using System.Text;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Values;
using YamlDotNet.Serialization;
using Platform.Worker.Transform.Profiles;

namespace Platform.Worker.Transform.Packages;

/// <summary>package-lock.yml: the versions that a request was resolved to, and the hash of that request as dbt computes it.</summary>
internal static class PackageLock
{
    public const string FileName = "package-lock.yml";

    private const string HashKey = "sha1_hash";

    /// <summary>True when the lock of this project answers this request.</summary>
    public static bool Answers(string directory, IReadOnlyList<PackageSpec> packages) =>
        PackageList.ReadFile(directory, FileName)?.Text(HashKey) == Hash(packages);

    public static IReadOnlyList<PackageSpec> Read(string directory, SecretRenderer renderer) =>
        PackageList.Specs(PackageList.ReadFile(directory, FileName), renderer);

    public static void Write(string path, IEnumerable<IReadOnlyDictionary<string, object?>> entries, IReadOnlyList<PackageSpec> packages) =>
        File.WriteAllText(path, Yaml(new SortedDictionary<string, object?>(StringComparer.Ordinal)
        {
            ["packages"] = entries.ToList(),
            [HashKey] = Hash(packages),
        }));

    /// <summary>YAML as PyYAML writes it for dbt: block style, list items indented.</summary>
    public static string Yaml(object value) =>
        new SerializerBuilder().WithIndentedSequences().WithQuotingNecessaryStrings(quoteYaml1_1Strings: true).WithNewLine("\n").Build().Serialize(value);

    public static string Hash(IReadOnlyList<PackageSpec> packages)
    {
        using var state = new JinjaEnvironment().CreateState();
        var texts = packages.Select(package => JsonText.Write(state, Value.FromClr(package.Declared), sortKeys: true)).Order(StringComparer.Ordinal);

        // dbt's own file format asks for SHA-1; it guards nothing, it only tells whether the request has changed.
#pragma warning disable CA5350
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Join('\n', texts))));
#pragma warning restore CA5350
    }
}
