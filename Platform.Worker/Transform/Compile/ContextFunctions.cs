using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Platform.Worker.Jinja;
using Platform.Worker.Jinja.Runtime;
using Platform.Worker.Jinja.Values;
using Platform.Worker.Transform.Compile.Python;

namespace Platform.Worker.Transform.Compile;

/// <summary>dbt's functions that are the same for every node; those that need the node ask <see cref="NodeContext"/>.</summary>
internal static class ContextFunctions
{
    public static FrozenDictionary<string, Value> All { get; } = new Dictionary<string, Value>
    {
        ["ref"] = new RefFunction(),
        ["source"] = Function("source", Source),
        ["metric"] = Function("metric", Metric),
        ["config"] = new ConfigValue(),
        ["var"] = new VarFunction(),
        ["env_var"] = Function("env_var", EnvironmentVariable),
        ["doc"] = Function("doc", Doc),
        ["return"] = Function("return", static (state, arguments) =>
            state.Return(arguments.Count > 0 ? arguments[0] : arguments.TryGetNamed("data", out var data) ? data : Value.None)),
        ["store_result"] = Function("store_result", StoreResult),
        ["store_raw_result"] = Function("store_raw_result", StoreRawResult),
        ["load_result"] = Function("load_result", static (state, arguments) => Context(state).LoadResult(arguments.Read("load_result").RequiredString("name"))),
        ["log"] = Function("log", Log),
        ["print"] = Function("print", Print),
        ["render"] = Function("render", static (state, arguments) =>
            state.Render(state.Environment.Parse(arguments[0].ToString(), Context(state).Subject))),
        ["write"] = Function("write", static (state, arguments) =>
        {
            Context(state).Write(arguments[0].ToString());
            return Value.EmptyString;
        }),
        ["submit_python_job"] = Function("submit_python_job", static (_, _) =>
            throw new JinjaException(JinjaErrorKind.RuntimeError, "Python models do not run in PostgreSQL. Write the model in SQL.")),
        ["try_or_compiler_error"] = Function("try_or_compiler_error", TryOrCompilerError),
        ["tojson"] = Function("tojson", DataFunctions.ToJson),
        ["fromjson"] = Function("fromjson", DataFunctions.FromJson),
        ["toyaml"] = Function("toyaml", DataFunctions.ToYaml),
        ["fromyaml"] = Function("fromyaml", DataFunctions.FromYaml),
        ["set"] = Function("set", DataFunctions.Set),
        ["set_strict"] = Function("set_strict", DataFunctions.SetStrict),
        ["zip"] = Function("zip", DataFunctions.Zip),
        ["zip_strict"] = Function("zip_strict", DataFunctions.ZipStrict),
        ["diff_of_two_dicts"] = Function("diff_of_two_dicts", DataFunctions.DifferenceOfDicts),
        ["local_md5"] = Function("local_md5", static (_, arguments) => Md5(arguments[0].ToString())),
        ["exceptions"] = ExceptionFunctions.Instance,
        ["api"] = new HostObject("Api") { { "Relation", RelationClass.Instance }, { "Column", ColumnClass.Instance } },
        ["modules"] = new HostObject("modules")
        {
            { "datetime", DateTimeModule.Instance }, { "pytz", PytzModule.Instance }, { "re", RegexModule.Instance }, { "itertools", ItertoolsModule.Instance },
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

        var given = arguments.TryGetNamed("version", out var named) || arguments.TryGetNamed("v", out named) ? named : Value.None;
        var version = given.IsNone || given.IsUndefined ? null : given.ToString();
        return arguments.Count == 1
            ? Context(state).Ref(state, null, arguments[0].AsString(), version)
            : Context(state).Ref(state, arguments[0].AsString(), arguments[1].AsString(), version);
    }

    private static Value Source(RenderState state, Arguments arguments) =>
        arguments.Count == 2 && arguments.Positional.All(argument => argument.IsString)
            ? Context(state).Source(state, arguments[0].AsString(), arguments[1].AsString())
            : throw new JinjaException(JinjaErrorKind.TypeError, $"source() takes two arguments, the source's name and the table's name; got {arguments.Count}");

    /// <summary>A metric's name stands for it: nothing in the warehouse bears it.</summary>
    private static Value Metric(RenderState state, Arguments arguments) => arguments.Count is 1 or 2
        ? arguments[^1]
        : throw new JinjaException(JinjaErrorKind.TypeError, $"metric() takes a metric's name, or a package and a metric's name; got {arguments.Count} argument(s)");

    private static Value EnvironmentVariable(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("env_var");
        var name = reader.RequiredString("var");
        var fallback = reader.Optional("default");
        reader.Finish();
        return Context(state).EnvironmentVariable(name, fallback);
    }

    private static Value Doc(RenderState state, Arguments arguments) => arguments.Count == 2
        ? Context(state).Doc(arguments[1].ToString(), arguments[0].ToString())
        : Context(state).Doc(arguments[0].ToString());

    private static Value StoreResult(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("store_result");
        var (name, response) = (reader.Required("name").ToString(), reader.Required("response"));
        return Context(state).StoreResult(name, response, reader.Optional("agate_table", Value.None));
    }

    private static Value StoreRawResult(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("store_raw_result");
        var name = reader.Required("name").ToString();
        var response = new ResponseValue(
            reader.Optional("message", Value.None), reader.Optional("code", Value.None), reader.Optional("rows_affected", Value.None));
        return Context(state).StoreResult(name, response, reader.Optional("agate_table", Value.None));
    }

    private static Value Log(RenderState state, Arguments arguments)
    {
        var reader = arguments.Read("log");
        var message = reader.Required("msg").ToString();
        var info = reader.OptionalBoolean("info", false);
        reader.Finish();
        var context = Context(state);
        if (context.Invocation.Output is { } output)
        {
            output.Log(context.Subject, message, info);
        }
        else if (context.Invocation.Logger is { } logger)
        {
            Transform.Log.Macro(logger, context.Subject, message);
        }

        return Value.EmptyString;
    }

    private static Value Print(RenderState state, Arguments arguments)
    {
        var context = Context(state);
        if (context.Invocation.Output is { } output && context.Invocation.Flags.Print)
        {
            output.Print(arguments.Read("print").Required("msg").ToString());
        }

        return Value.EmptyString;
    }

    /// <summary><c>try_or_compiler_error(message, function, *arguments)</c>: the function's result, or that message as the error.</summary>
    private static Value TryOrCompilerError(RenderState state, Arguments arguments)
    {
        var (message, function) = (arguments[0].ToString(), arguments[1]);
        try
        {
            return state.Call(function, arguments.Skip(2));
        }
        catch (JinjaException fault)
        {
            throw new JinjaException(JinjaErrorKind.RuntimeError, message, fault);
        }
    }

    /// <summary><c>ref('model')</c>, and what packages take from the function itself.</summary>
    private sealed class RefFunction : JinjaObject
    {
        public override string TypeName => "RuntimeRefResolver";

        public override bool IsCallable => true;

        public override Value Call(RenderState state, Arguments arguments) => Ref(state, arguments);

        public override bool TryGetAttribute(RenderState state, string name, out Value value)
        {
            value = name switch
            {
                "config" => RuntimeConfig.Of(Context(state).Invocation),
                "current_project" => Context(state).Invocation.RootName,
                "Relation" => RelationClass.Instance,
                _ => default(Value),
            };
            return !value.IsMissing;
        }
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
            return Context(state).Var(state, name, fallback);
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
}
