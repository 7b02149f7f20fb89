namespace Platform.Worker.Transform.Project;

/// <summary>
/// How a stronger configuration changes a weaker one, key by key (https://docs.getdbt.com/reference/define-configs): tags, packages and
/// hooks add up, meta and other mappings merge, grants merge and <c>+privilege</c> extends the list, all else is replaced.
/// </summary>
internal static class ConfigMerge
{
    public static void Into(Dictionary<string, object?> config, string key, object? value)
    {
        key = Canonical(key);
        config[key] = key switch
        {
            "tags" => Listed(config.GetValueOrDefault(key)).Concat(Listed(value)).Distinct().ToList(),
            "pre-hook" or "post-hook" or "packages" => Listed(config.GetValueOrDefault(key)).Concat(Listed(value)).ToList(),
            "meta" or "column_types" or "docs" or "contract" or "quoting" => Merged(config.GetValueOrDefault(key), value),
            "grants" => Granted(config.GetValueOrDefault(key), value),
            _ => value,
        };
    }

    /// <summary>One name per setting: dbt takes several for some.</summary>
    public static string Canonical(string key) => key switch
    {
        "pre_hook" => "pre-hook",
        "post_hook" => "post-hook",
        "dbname" => "database",
        _ => key,
    };

    private static object? Merged(object? before, object? value)
    {
        if (value is not Dictionary<string, object?> added || before is not Dictionary<string, object?> { Count: > 0 } old)
        {
            return value ?? before;
        }

        var merged = new Dictionary<string, object?>(old);
        foreach (var (name, item) in added)
        {
            merged[name] = item;
        }

        return merged;
    }

    private static object? Granted(object? before, object? value)
    {
        // The first layer is kept as written, since it may be laid over others later.
        if (value is not Dictionary<string, object?> added || before is not Dictionary<string, object?> old)
        {
            return value ?? before;
        }

        var merged = new Dictionary<string, object?>(old);
        foreach (var (privilege, grantees) in added)
        {
            // A layer that extends what lies below it still does so when it has been extended itself.
            var name = privilege.TrimStart('+');
            var key = privilege.StartsWith('+') && merged.ContainsKey(privilege) ? privilege : name;
            merged[key] = privilege.StartsWith('+') && merged.TryGetValue(key, out var granted)
                ? Listed(granted).Concat(Listed(grantees)).ToList()
                : Listed(grantees);
            if (key == privilege && !privilege.StartsWith('+'))
            {
                merged.Remove($"+{name}");
            }
        }

        return merged;
    }

    private static List<object?> Listed(object? value) => value switch
    {
        null => [],
        List<object?> items => items,
        IEnumerable<object?> items and not IReadOnlyDictionary<string, object?> => items.ToList(),
        _ => [value],
    };
}
