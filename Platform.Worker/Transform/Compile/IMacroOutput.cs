namespace Platform.Worker.Transform.Compile;

/// <summary>Where macros and the engine write while a project is parsed and run. Called from several threads.</summary>
internal interface IMacroOutput
{
    /// <summary><c>log()</c>: shown when <paramref name="info"/>, else only in the log file.</summary>
    /// <param name="subject">The file or node that is rendered.</param>
    /// <param name="message">The text.</param>
    /// <param name="info">The second argument of <c>log()</c>.</param>
    void Log(string subject, string message, bool info);

    /// <summary><c>print()</c>: straight to standard output, also when quiet.</summary>
    void Print(string message);

    /// <summary>
    /// A warning: of <c>exceptions.warn()</c> (name "JinjaLogWarning"), or one of dbt's by its event name, such as "NoNodesForSelectionCriteria".
    /// </summary>
    /// <exception cref="TransformException">The flags make an error of this warning.</exception>
    void Warn(string name, SourceLocation at, string message);
}
