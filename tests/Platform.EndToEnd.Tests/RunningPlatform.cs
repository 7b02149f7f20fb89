namespace Platform.EndToEnd.Tests;

/// <summary>A started system whose first runs are done.</summary>
/// <param name="Api">Address of the console and the API.</param>
/// <param name="Warehouse">Connection string of the database's owner.</param>
/// <param name="Landing">Connection string of the landing zone's storage account.</param>
public sealed record RunningPlatform(Uri Api, string Warehouse, string Landing);
