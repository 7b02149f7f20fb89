using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Platform.Worker.Operate.Cli.Contracts;

/// <summary><c>contracts list | check | diff | infer</c>: what can be said of contracts without a server.</summary>
internal static class ContractsVerb
{
    /// <summary>How these verbs write JSON.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create(VerbSession session) => new("contracts", "Read, compare and draft data contracts, and check files against them. Needs no server.")
    {
        ContractListCommand.Create(session),
        ContractCheckCommand.Create(session),
        ContractDiffCommand.Create(session),
        ContractInferCommand.Create(session),
    };

    public static Option<bool> JsonOption() => new("--json") { Description = "Write JSON." };
}
