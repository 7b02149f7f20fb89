using System.Globalization;

namespace Platform.Worker.Operate;

/// <summary>A month that an operator names.</summary>
internal static class RequestedMonth
{
    /// <summary>Its first day.</summary>
    /// <exception cref="ConfigurationFaultException">The text names no month.</exception>
    public static DateOnly Read(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            ? month
            : throw new ConfigurationFaultException($"'{text}' is no month; expected e.g. 2026-01.");
}
