using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Run;

namespace Platform.Worker.Transform.Compile;

/// <summary>What a statement answered besides rows: <c>load_result('main').response</c>.</summary>
internal sealed class ResponseValue : JinjaObject
{
    private readonly QueuedStatement? _pending;
    private readonly Value _message;
    private readonly Value _code;
    private readonly Value _rowsAffected;

    public ResponseValue(Value message, Value code, Value rowsAffected) => (_message, _code, _rowsAffected) = (message, code, rowsAffected);

    /// <summary>The answer of a statement that is still queued; it is sent when somebody looks.</summary>
    public ResponseValue(QueuedStatement pending) => _pending = pending;

    public override string TypeName => "AdapterResponse";

    public string? Message => _pending is not null ? _pending.Result.Tag : _message.IsString ? _message.AsString() : null;

    public long? RowsAffected => _pending is not null
        ? CommandTag.CountsRows(_pending.Result.Tag) ? _pending.Result.RowsAffected : null
        : _rowsAffected.TryGetInt64(out var rows) ? rows : null;

    public AdapterResponse ToAdapterResponse() => new(
        ToString(), _pending is null && _code.IsString ? _code.AsString() : CommandTag.Code(Message ?? ""), RowsAffected ?? -1);

    public override bool TryGetAttribute(RenderState state, string name, out Value value)
    {
        value = name switch
        {
            "_message" or "message" => Message,
            "code" => _pending is null ? _code : Message is { } tag ? CommandTag.Code(tag) : Value.None,
            "rows_affected" => RowsAffected is { } rows ? rows : Value.None,
            _ => default,
        };
        return !value.IsMissing;
    }

    public override string ToString() => Message ?? "OK";
}
