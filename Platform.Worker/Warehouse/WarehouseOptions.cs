namespace Platform.Worker.Warehouse;

/// <summary>Section <c>Warehouse</c>.</summary>
internal sealed record WarehouseOptions
{
    public const string Section = "Warehouse";

    /// <summary>Password of the role <c>platform_api</c>, set on every start. Default none: the role's password is left as it is (Entra).</summary>
    public string? ApiPassword { get; init; }

    /// <summary>Password of the role <c>bi_reader</c>, set on every start. Default none: the role's password is left as it is (Entra).</summary>
    public string? BiReaderPassword { get; init; }
}
