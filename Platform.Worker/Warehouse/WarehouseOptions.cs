namespace Platform.Worker.Warehouse;

/// <summary>Section <c>Warehouse</c>.</summary>
internal sealed record WarehouseOptions
{
    public const string Section = "Warehouse";

    /// <summary>Password of the role <c>platform_api</c>, set on every start. Default none: the role's password is left as it is (Entra).</summary>
    public string? ApiPassword { get; init; }

    /// <summary>Password of the role <c>bi_reader</c>, set on every start. Default none: the role's password is left as it is (Entra).</summary>
    public string? BiReaderPassword { get; init; }

    /// <summary>Object id of the Microsoft Entra service principal or managed identity that logs in as <c>platform_api</c>. Default none.</summary>
    public Guid? ApiObjectId { get; init; }

    /// <summary>Object id of the Microsoft Entra group whose members log in as <c>bi_reader</c>. Default none.</summary>
    public Guid? BiReaderObjectId { get; init; }
}
