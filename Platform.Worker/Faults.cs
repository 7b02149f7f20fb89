namespace Platform.Worker;

/// <summary>
/// The data is at fault: a file that breaks its contract, a partition that is not there, a failing test. Doing the same again gives the
/// same answer, so it is never retried; the message names the place (file, line, table, test) and what would put it right.
/// </summary>
/// <remarks>Every stage derives its own exception from this one or from <see cref="ConfigurationFaultException"/>; the pipeline decides
/// on a retry by the type alone.</remarks>
internal class DataFaultException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>
/// The configuration is at fault: a setting, a contract, a model or a macro. Never retried; the message names the setting or the file
/// and line, what was found, and what was expected.
/// </summary>
internal class ConfigurationFaultException(string message, Exception? innerException = null) : Exception(message, innerException);
