using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Platform.Worker.Contracts;
using Platform.Worker.Loading.Checking;

namespace Platform.Worker.Operate.Cli.Contracts;

/// <summary>One JSON document, written piece by piece.</summary>
internal sealed class CheckJson : ICheckReport
{
    private const int PieceBytes = 64 << 10;

    private readonly TextWriter _output;
    private readonly ArrayBufferWriter<byte> _pieces = new(PieceBytes);
    private readonly Utf8JsonWriter _json;

    public CheckJson(TextWriter output)
    {
        _output = output;
        _json = new Utf8JsonWriter(_pieces, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.WriteStartObject();
        _json.WriteStartArray("datasets");
    }

    public Task StartAsync(DatasetContract contract, DateOnly? date)
    {
        _json.WriteStartObject();
        _json.WriteString("domain", contract.Domain);
        _json.WriteString("dataset", contract.Dataset);
        _json.WriteString("contract", contract.File);
        _json.WriteString("version", contract.Version);
        _json.WriteString("date", date?.ToString("O", CultureInfo.InvariantCulture));
        _json.WriteStartArray("rejected_rows");
        return Task.CompletedTask;
    }

    public async ValueTask RejectAsync(CheckedRow row)
    {
        _json.WriteStartObject();
        _json.WriteString("file", row.File);
        _json.WriteNumber("line", row.Row.Line);
        _json.WriteString("column", row.Row.Column);
        _json.WriteString("rule", row.Row.Rule);
        _json.WriteString("value", row.Row.Value);
        _json.WriteString("message", row.Row.Message);
        _json.WriteEndObject();
        if (_json.BytesPending + _pieces.WrittenCount >= PieceBytes)
        {
            await FlushAsync();
        }
    }

    public Task EndAsync(DatasetVerdict verdict)
    {
        _json.WriteEndArray();
        _json.WriteBoolean("clean", verdict.IsClean);
        _json.WriteNumber("rows", verdict.Rows);
        _json.WriteNumber("accepted", verdict.Rows - verdict.Rejected);
        _json.WriteNumber("rejected", verdict.Rejected);
        Write("by_rule", verdict.ByRule);
        Write("files", verdict.Files.Select(file => new
        {
            file = file.File.Name,
            rows = file.Rows,
            control_sums = verdict.Contract.ControlSums.Zip(file.Sums).ToDictionary(
                sum => sum.First,
                sum => sum.Second.ToString($"F{verdict.Contract.Column(sum.First).Scale.ToString(CultureInfo.InvariantCulture)}", CultureInfo.InvariantCulture),
                StringComparer.Ordinal),
        }));
        Write("quality", verdict.Measured);
        _json.WriteString("fault", verdict.Fault);
        Write("refusals", verdict.Refusals);
        Write("not_checked", verdict.NotChecked());
        _json.WriteEndObject();
        return FlushAsync();
    }

    public async Task CompleteAsync(bool isClean)
    {
        _json.WriteEndArray();
        _json.WriteBoolean("clean", isClean);
        _json.WriteEndObject();
        await FlushAsync();
        await _output.WriteLineAsync();
    }

    public ValueTask DisposeAsync() => _json.DisposeAsync();

    private void Write<T>(string name, T value)
    {
        _json.WritePropertyName(name);
        JsonSerializer.Serialize(_json, value, ContractsVerb.Json);
    }

    private async Task FlushAsync()
    {
        _json.Flush();
        await _output.WriteAsync(Encoding.UTF8.GetString(_pieces.WrittenSpan));
        _pieces.ResetWrittenCount();
    }
}
