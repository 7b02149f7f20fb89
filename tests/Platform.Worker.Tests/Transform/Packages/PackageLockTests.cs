using Platform.Worker.Transform.Packages;
using Platform.Worker.Transform.Profiles;

namespace Platform.Worker.Tests.Transform.Packages;

public sealed class PackageLockTests
{
    /// <summary>The hashes are those that dbt itself wrote into the locks of public projects.</summary>
    [Theory]
    [InlineData("- local: ../", "de2deba3d66ce03d8c02949013650cc9b94f6030")]
    [InlineData(
        """
        - {package: dbt-labs/dbt_utils, version: 1.1.1}
        - {package: godatadriven/dbt_date, version: 0.10.0}
        - {git: "https://github.com/dbt-labs/dbt-audit-helper.git", revision: main}
        """,
        "f2a73967505955af30d18f70489a423fd47cdf79")]
    public void Hash_IsDbts(string packages, string expected)
    {
        using var project = TestProject.Of(("packages.yml", "packages:\n" + packages));

        Assert.Equal(expected, PackageLock.Hash(PackageList.Read(project.Directory, new SecretRenderer(new Dictionary<string, object?>()))));
    }

    [Theory]
    [InlineData("{private: acme/money}", "git@github.com:acme/money.git")]
    [InlineData("{private: acme/money, provider: gitlab}", "git@gitlab.com:acme/money.git")]
    [InlineData("{private: acme/shop/money, provider: azure_devops, revision: v1}", "git@ssh.dev.azure.com:v3/acme/shop/money")]
    public void PrivatePackage_IsClonedOverSsh(string entry, string url)
    {
        using var project = TestProject.Of(("packages.yml", $"packages: [{entry}]"));

        var package = Assert.IsType<GitPackage>(Assert.Single(PackageList.Read(project.Directory, new SecretRenderer(new Dictionary<string, object?>()))));

        Assert.Equal(url, package.Url);
        Assert.DoesNotContain("git", package.LockKeys.Keys);
    }
}
