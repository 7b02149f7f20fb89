namespace Platform.Worker.Transform.Verbs.Events;

/// <summary>dbt's codes of the warnings that are told by name.</summary>
internal static class WarningCodes
{
    public static string Of(string name) => name switch
    {
        "JinjaLogWarning" => "I061",
        "PackageInstallPathDeprecation" => "D002",
        "ConfigSourcePathDeprecation" => "D003",
        "ConfigDataPathDeprecation" => "D004",
        "ExposureNameDeprecation" => "D007",
        "EnvironmentVariableRenamed" => "D009",
        "ConfigLogPathDeprecation" => "D010",
        "ConfigTargetPathDeprecation" => "D011",
        "NoNodesForSelectionCriteria" => "M030",
        "NothingToDo" => "Q035",
        "NoNodesSelected" => "Q038",
        "UnusedResourceConfigPath" => "I051",
        "UnusedTables" => "I056",
        "WrongResourceSchemaFile" => "I057",
        "NoNodeForYamlKey" => "I058",
        "MacroNotFoundForPatch" => "I059",
        "GenericJSONSchemaValidationDeprecation" => "D022",
        "DuplicateYAMLKeysDeprecation" => "D024",
        "CustomTopLevelKeyDeprecation" => "D025",
        "CustomKeyInObjectDeprecation" => "D027",
        "NodeNotFoundOrDisabled" => "I060",
        "SnapshotTimestampWarning" => "Q043",
        "DeprecatedModel" => "I065",
        "UpcomingReferenceDeprecation" => "I066",
        "DeprecatedReference" => "I067",
        "LogTestResult" => "Q007",
        _ => "I000",
    };
}
