namespace Platform.Worker.Warehouse;

/// <summary>Who logs in with a Microsoft Entra token.</summary>
/// <param name="ObjectId">Object id in the tenant.</param>
/// <param name="Type"><c>service</c> (a managed identity is one), <c>group</c> or <c>user</c>.</param>
internal readonly record struct EntraPrincipal(Guid ObjectId, string Type)
{
    public static EntraPrincipal Service(Guid objectId) => new(objectId, "service");

    public static EntraPrincipal Group(Guid objectId) => new(objectId, "group");
}
