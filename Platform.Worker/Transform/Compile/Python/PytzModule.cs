using Platform.Worker.Jinja.Values;

namespace Platform.Worker.Transform.Compile.Python;

/// <summary><c>modules.pytz</c> (https://pythonhosted.org/pytz): time zones by name.</summary>
internal static class PytzModule
{
    public static Value Instance { get; } = new HostObject("module")
    {
        { "timezone", static (_, arguments) => ZoneValue.Of(arguments[0].ToString()) },
        { "utc", ZoneValue.Utc },
        { "UTC", ZoneValue.Utc },
        { "FixedOffset", static (_, arguments) => ZoneValue.Of(TimeSpan.FromMinutes(arguments[0].AsDouble())) },
    };
}
