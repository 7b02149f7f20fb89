using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Builtins;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Project;

namespace Platform.Worker.Transform.Compile;

/// <summary>dbt's functions that are the same for every node; those that need the node ask <see cref="NodeContext"/>.</summary>
internal static class ContextFunctions
{
    public static FrozenDictionary<string, Value> All { get; } = new Dictionary<string, Value>
    {
        ["ref"] = Function("ref", Ref),
        ["source"] = Function("source", Source),
        ["config"] = new ConfigValue(),
        ["var"] = new VarFunction(),
        ["env_var"] = Function("env_var", static (state, arguments) =>
        {
            var reader = arguments.Read("env_var");
            var name = reader.RequiredString("var");
            var fallback = reader.Optional("default");
            reader.Finish();
            return Context(state).EnvironmentVariable(name, fallback);
        }),
        ["doc"] = Function("doc", static (state, arguments) => arguments.Count == 2
            ? Context(state).Doc(arguments[1].ToString(), arguments[0].ToString())
            : Context(state).Doc(arguments[0].ToString())),
        ["return"] = Function("return", static (state, arguments) => state.Return(arguments.Count > 0 ? arguments[0] : Value.None)),
        ["store_result"] = Function("store_result", static (state, arguments) =>
        {
            var reader = arguments.Read("store_result");
            var name = reader.Required("name").ToString();
            var response = reader.Required("response");
            return Context(state).StoreResult(name, response, reader.Optional("agate_table", Value.None));
        }),
        ["store_raw_result"] = Function("store_raw_result", static (state, arguments) =>
        {
            var reader = arguments.Read("store_raw_result");
            var name = reader.Required("name").ToString();
            var response = new ResponseValue(reader.Optional("message"), reader.Optional("code"), reader.Optional("rows_affected"));
            return Context(state).StoreResult(name, response, reader.Optional("agate_table", Value.None));
        }),
        ["load_result"] = Function("load_result", static (state, arguments) => Context(state).LoadResult(arguments[0].ToString())),
        ["log"] = Function("log", static (state, arguments) => Log(state, arguments.Count > 0 ? arguments[0].ToString() : "")),
        ["print"] = Function("print", static (state, arguments) => Log(state, arguments.Count > 0 ? arguments[0].ToString() : "")),
        ["render"] = Function("render", static (state, arguments) =>
            state.Render(state.Environment.Parse(arguments[0].ToString(), Context(state).Subject))),
        ["write"] = Function("write", static (state, arguments) =>
        {
            Context(state).Write(arguments[0].ToString());
            return Value.EmptyString;
        }),
        ["tojson"] = Function("tojson", static (state, arguments) =>
            JsonText.Write(state, arguments[0], sortKeys: arguments.TryGetNamed("sort_keys", out var sort) && sort.IsTrue)),
        ["fromjson"] = Function("fromjson", static (_, arguments) => FromJson(arguments)),
        ["fromyaml"] = Function("fromyaml", static (_, arguments) => FromYaml(arguments)),
        ["set"] = Function("set", static (_, arguments) => Set(arguments[0])),
        ["set_strict"] = Function("set_strict", static (_, arguments) => Set(arguments[0])),
        ["zip"] = Function("zip", static (_, arguments) => Zip(arguments.Positional)),
        ["zip_strict"] = Function("zip_strict", static (_, arguments) => Zip(arguments.Positional)),
        ["local_md5"] = Function("local_md5", static (_, arguments) => Md5(arguments[0].ToString())),
        ["exceptions"] = Exceptions(),
        ["api"] = new HostObject("Api")
        {
            { "Relation", new RelationClass() },
            { "Column", new ColumnClass() },
        },
    }.ToFrozenDictionary(StringComparer.Ordinal);

#pragma warning disable CA5351 // dbt's local_md5 is MD5; it names things and protects nothing.
    public static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351

    private static NodeContext Context(RenderState state) => (NodeContext)state.Host!;

    private static Value Function(string name, HostDelegate body) => new HostFunction(name, body);

    private static Value Ref(RenderState state, Arguments arguments)
    {
        if (arguments.Count is 0 or > 2 || !arguments.Positional.All(argument => argument.IsString))
        {
            throw new JinjaException(
                JinjaErrorKind.TypeError, $"ref() takes a model's name, or a package and a model's name, as text; got {arguments.Count} argument(s)");
        }

        var version = arguments.TryGetNamed("version", out var given) || arguments.TryGetNamed("v", out given) ? given.ToString() : null;
        return arguments.Count == 1
            ? Context(state).Ref(state, null, arguments[0].AsString(), version)
            : Context(state).Ref(state, arguments[0].AsString(), arguments[1].AsString(), version);
    }

    private static Value Source(RenderState state, Arguments arguments) =>
        arguments.Count == 2 && arguments.Positional.All(argument => argument.IsString)
            ? Context(state).Source(state, arguments[0].AsString(), arguments[1].AsString())
            : throw new JinjaException(JinjaErrorKind.TypeError, $"source() takes two arguments, the source's name and the table's name; got {arguments.Count}");

    private static Value Log(RenderState state, string message)
    {
        var context = Context(state);
        if (context.Invocation.Logger is { } logger)
        {
            Transform.Log.Macro(logger, context.Subject, message);
        }

        return Value.EmptyString;
    }

    private static Value Set(Value items) => items.IsIterable ? new SetValue(items.Iterate()) : Value.None;

    private static Value Zip(Value[] sequences)
    {
        var columns = sequences.Select(sequence => sequence.Iterate().ToList()).ToList();
        var length = columns.Count == 0 ? 0 : columns.Min(column => column.Count);
        return new ListValue(Enumerable.Range(0, length).Select(row => Value.From(new TupleValue([.. columns.Select(column => column[row])]))));
    }

    private static Value FromJson(Arguments arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(arguments[0].ToString());
            return Convert(document.RootElement);
        }
        catch (JsonException) when (arguments.Count > 1)
        {
            return arguments[1];
        }
        catch (JsonException)
        {
            return Value.None;
        }

        static Value Convert(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => DictValue.From(element.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, Convert(member.Value)))),
            JsonValueKind.Array => new ListValue(element.EnumerateArray().Select(Convert)),
            JsonValueKind.String => element.GetString(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => element.TryGetInt64(out var whole) ? Value.From(whole) : element.GetDouble(),
            _ => Value.None,
        };
    }

    private static Value FromYaml(Arguments arguments)
    {
        var errors = new ProjectErrors();
        var yaml = YamlValue.Read(new SourceFile("", "fromyaml()", arguments[0].ToString(), default), errors);
        return errors.Any && arguments.Count > 1 ? arguments[1] : Value.FromClr(yaml?.Plain());
    }

    private static HostObject Exceptions()
    {
        var exceptions = new HostObject("exceptions")
        {
            { "warn", static (state, arguments) => Log(state, arguments[0].ToString()) },
            { "warn_once", static (state, arguments) => Log(state, arguments[0].ToString()) },
        };
        foreach (var name in (string[])["raise_compiler_error", "raise_not_implemented", "raise_database_error", "raise_fail_fast_error",
            "raise_invalid_property_yml_version", "raise_dependency_error", "raise_duplicate_patch_name", "raise_parsing_error", "missing_config",
            "missing_relation", "missing_materialization", "relation_wrong_type", "column_type_missing", "raise_contract_error"])
        {
            exceptions.Add(name, (_, arguments) =>
                throw new JinjaException(JinjaErrorKind.RuntimeError, string.Join(" ", arguments.Positional.Select(argument => argument.ToString()))));
        }

        return exceptions;
    }

    /// <summary><c>var('name', default)</c> and <c>var.has_var('name')</c>.</summary>
    private sealed class VarFunction : JinjaObject
    {
        public override string TypeName => "Var";

        public override bool IsCallable => true;

        public override Value Call(RenderState state, Arguments arguments)
        {
            var reader = arguments.Read("var");
            var name = reader.RequiredString("var");
            var fallback = reader.Optional("default");
            reader.Finish();
            return Context(state).Var(name, fallback);
        }

        public override bool TryGetAttribute(RenderState state, string name, out Value value)
        {
            value = name == "has_var"
                ? new HostFunction(name, static (inner, arguments) =>
                    Context(inner).Invocation.Vars.TryGet(Context(inner).Package, arguments[0].ToString(), out _))
                : default(Value);
            return !value.IsMissing;
        }
    }

    /// <summary><c>api.Relation</c>.</summary>
    private sealed class RelationClass : JinjaObject
    {
        public override string TypeName => "type";

        public override bool TryGetAttribute(RenderState state, string name, out Value value)
        {
            value = name switch
            {
                "create" => new HostFunction(name, static (inner, arguments) =>
                    RelationValue.Create(arguments, Context(inner).Invocation.Target.Database)),
                "Table" => "table",
                "View" => "view",
                "CTE" => "cte",
                "External" => "external",
                "MaterializedView" => "materialized_view",
                "add_ephemeral_prefix" => new HostFunction(name, static (_, arguments) => EphemeralCtes.Prefix + arguments[0]),
                _ => default,
            };
            return !value.IsMissing;
        }
    }

    /// <summary><c>api.Column(name, type)</c> and its type translations.</summary>
    private sealed class ColumnClass : JinjaObject
    {
        public override string TypeName => "type";

        public override bool IsCallable => true;

        public override Value Call(RenderState state, Arguments arguments)
        {
            var reader = arguments.Read("Column");
            var name = reader.Required("column").ToString();
            var type = reader.Required("dtype").ToString();
            return new ColumnValue(new Catalog.ColumnInfo(
                name, type, Size(reader.Optional("char_size")), Size(reader.Optional("numeric_precision")), Size(reader.Optional("numeric_scale"))));

            static int? Size(Value value) => value.TryGetInt64(out var size) ? (int)size : null;
        }

        public override bool TryGetAttribute(RenderState state, string name, out Value value)
        {
            value = name switch
            {
                "translate_type" => new HostFunction(name, static (_, arguments) => Translate(arguments[0].ToString())),
                "numeric_type" => new HostFunction(name, static (_, arguments) => $"{arguments[0]}({arguments[1]},{arguments[2]})"),
                "string_type" => new HostFunction(name, static (_, arguments) => $"character varying({arguments[0]})"),
                "create" => new HostFunction(name, Call),
                _ => default,
            };
            return !value.IsMissing;
        }

        private static string Translate(string type) => type.ToUpperInvariant() switch
        {
            "STRING" => "TEXT",
            "TIMESTAMP" => "TIMESTAMP",
            "FLOAT" => "FLOAT",
            "INTEGER" => "INT",
            "BOOLEAN" => "BOOLEAN",
            _ => type,
        };
    }
}
