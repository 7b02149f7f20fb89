using Platform.Worker.Warehouse;

namespace Platform.Worker.Tests.Warehouse;

/// <summary>The provider <c>pgaadauth</c> exists in Azure only, so here the statement is read, not run.</summary>
public sealed class EntraRoleTests
{
    private static readonly Guid Identity = Guid.Parse("0b0f3a5e-8f0f-4b58-9a5e-2f1f4f1a7c11");

    [Fact]
    public void EntraMapping_OfAManagedIdentity_IsTheLabelThatAzureDocuments() =>
        Assert.Equal(
            """security label for "pgaadauth" on role "platform_api" is 'aadauth,oid=0b0f3a5e-8f0f-4b58-9a5e-2f1f4f1a7c11,type=service'""",
            Roles.EntraMapping("platform_api", EntraPrincipal.Service(Identity)));

    [Fact]
    public void EntraMapping_OfAGroup_SaysThatItIsOne() =>
        Assert.EndsWith(",type=group'", Roles.EntraMapping("bi_reader", EntraPrincipal.Group(Identity)), StringComparison.Ordinal);
}
