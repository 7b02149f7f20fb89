using System.Globalization;

namespace Platform.Worker.Contracts.Drafting;

/// <summary>Which forms of dates and timestamps all texts of a column have.</summary>
internal sealed class DateProfile
{
    /// <summary>In the order in which they are preferred. Null is the contract's own form, ISO 8601.</summary>
    private static readonly (string? Format, string DotNet, bool IsDate)[] Forms =
    [
        (null, "yyyy-MM-dd", true),
        ("dd.MM.yyyy", "dd.MM.yyyy", true),
        ("dd/MM/yyyy", "dd/MM/yyyy", true),
        ("MM/dd/yyyy", "MM/dd/yyyy", true),
        ("yyyy/MM/dd", "yyyy/MM/dd", true),
        ("dd-MM-yyyy", "dd-MM-yyyy", true),
        ("d.M.yyyy", "d.M.yyyy", true),
        ("d/M/yyyy", "d/M/yyyy", true),
        ("M/d/yyyy", "M/d/yyyy", true),
        ("dd.MM.yy", "dd.MM.yy", true),
        ("yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", false),
        ("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss", false),
        ("yyyy-MM-dd HH:mm:ss.SSS", "yyyy-MM-dd HH:mm:ss.fff", false),
        ("yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm", false),
        ("dd.MM.yyyy HH:mm:ss", "dd.MM.yyyy HH:mm:ss", false),
        ("dd.MM.yyyy HH:mm", "dd.MM.yyyy HH:mm", false),
        ("dd/MM/yyyy HH:mm:ss", "dd/MM/yyyy HH:mm:ss", false),
        ("dd/MM/yyyy HH:mm", "dd/MM/yyyy HH:mm", false),
        ("MM/dd/yyyy HH:mm:ss", "MM/dd/yyyy HH:mm:ss", false),
        ("MM/dd/yyyy HH:mm", "MM/dd/yyyy HH:mm", false),
    ];

    private readonly DateTime?[] _first = new DateTime?[Forms.Length];
    private readonly bool[] _isOneDay = [.. Forms.Select(_ => true)];
    private readonly List<int> _fitting = [.. Enumerable.Range(0, Forms.Length)];
    private long? _firstUtcDay;
    private bool _isOneUtcDay = true;

    /// <summary>Whether every text is an ISO 8601 timestamp with <c>Z</c> or an offset.</summary>
    public bool IsTimestamp { get; private set; } = true;

    public bool Fits => IsTimestamp || _fitting.Count > 0;

    public bool IsDate => !IsTimestamp && Forms[_fitting[0]].IsDate;

    public string? Format => IsTimestamp ? null : Forms[_fitting[0]].Format;

    /// <summary>Another form that all texts have too, so that day and month cannot be told apart; null when there is none.</summary>
    public string? Ambiguity => IsTimestamp || _fitting.Count < 2 || Forms[_fitting[1]].Format is not { } other || !other.StartsWith('M') ? null : other;

    /// <summary>Whether all texts are of one (UTC) day.</summary>
    public bool IsOneDay => IsTimestamp ? _isOneUtcDay : _isOneDay[_fitting[0]];

    public void Add(ReadOnlySpan<byte> utf8, ReadOnlySpan<char> text)
    {
        if (IsTimestamp)
        {
            IsTimestamp = Plan.FieldText.TryTimestamp(utf8, out var moment);
            _firstUtcDay ??= Plan.FieldText.DayOf(moment);
            _isOneUtcDay &= _firstUtcDay == Plan.FieldText.DayOf(moment);
        }

        for (var index = _fitting.Count - 1; index >= 0; index--)
        {
            var form = _fitting[index];
            if (!DateTime.TryParseExact(text, Forms[form].DotNet, CultureInfo.InvariantCulture, DateTimeStyles.None, out var value))
            {
                _fitting.RemoveAt(index);
                continue;
            }

            _first[form] ??= value.Date;
            _isOneDay[form] &= _first[form] == value.Date;
        }
    }
}
