using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Platform.Benchmarks.Ahead;

/// <summary>
/// Writes a profile (.mibc) that names methods to the ahead-of-time compiler: a library whose global methods hold nothing but the methods' tokens.
/// </summary>
internal sealed class ProfileWriter
{
    private readonly MetadataBuilder _metadata = new();
    private readonly MethodBodyStreamEncoder _bodies = new(new BlobBuilder());
    private readonly Dictionary<string, AssemblyReferenceHandle> _assemblies = [];
    private readonly Dictionary<Type, TypeReferenceHandle> _types = [];

    public static void Write(string path, IEnumerable<MethodBase> methods)
    {
        var writer = new ProfileWriter();
        writer.AddModule();
        var groups = new InstructionEncoder(new BlobBuilder());
        foreach (var method in methods)
        {
            // A group each: what a later version of the code no longer has is then passed over alone.
            var body = new InstructionEncoder(new BlobBuilder());
            Token(body, writer.Method(method));
            groups.LoadString(writer._metadata.GetOrAddUserString(string.Join(';', CompiledMethods.Assemblies(method).Select(assembly => assembly.GetName().Name))));
            Token(groups, writer.AddGlobal("Group", body));
        }

        writer.AddGlobal("AssemblyDictionary", groups);
        var image = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(writer._metadata), writer._bodies.Builder).Serialize(image);
        using var file = File.Create(path);
        image.WriteContentTo(file);
    }

    private static void Token(InstructionEncoder body, EntityHandle handle)
    {
        body.OpCode(ILOpCode.Ldtoken);
        body.Token(handle);
        body.OpCode(ILOpCode.Pop);
    }

    private void AddModule()
    {
        _metadata.AddModule(0, _metadata.GetOrAddString("profile.mibc"), default, default, default);
        _metadata.AddAssembly(_metadata.GetOrAddString("profile"), new Version(1, 0), default, default, default, default);
        _metadata.AddTypeDefinition(
            default, default, _metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
    }

    private MethodDefinitionHandle AddGlobal(string name, InstructionEncoder body)
    {
        body.OpCode(ILOpCode.Ret);
        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature().Parameters(0, result => result.Void(), _ => { });
        return _metadata.AddMethodDefinition(
            MethodAttributes.Public | MethodAttributes.Static,
            default,
            _metadata.GetOrAddString(name),
            _metadata.GetOrAddBlob(signature),
            _bodies.AddMethodBody(body),
            MetadataTokens.ParameterHandle(1));
    }

    private EntityHandle Method(MethodBase method)
    {
        // Signatures are written as the definition has them, in its type parameters.
        var definition = method.Module.ResolveMethod(method.MetadataToken)!;
        var blob = new BlobBuilder();
        var parameters = definition.GetParameters();
        new BlobEncoder(blob)
            .MethodSignature(genericParameterCount: definition.IsGenericMethod ? definition.GetGenericArguments().Length : 0, isInstanceMethod: !definition.IsStatic)
            .Parameters(parameters.Length, Return, list => Array.ForEach(parameters, parameter => Parameter(list.AddParameter(), parameter)));
        var member = _metadata.AddMemberReference(Specification(method.DeclaringType!), _metadata.GetOrAddString(method.Name), _metadata.GetOrAddBlob(blob));
        if (!method.IsGenericMethod)
        {
            return member;
        }

        var arguments = new BlobBuilder();
        var list = new BlobEncoder(arguments).MethodSpecificationSignature(method.GetGenericArguments().Length);
        Array.ForEach(method.GetGenericArguments(), argument => Type(list.AddArgument(), argument));
        return _metadata.AddMethodSpecification(member, _metadata.GetOrAddBlob(arguments));

        void Return(ReturnTypeEncoder encoder)
        {
            if (definition is not MethodInfo { ReturnParameter: var result } || result.ParameterType == typeof(void))
            {
                Modifiers(encoder.CustomModifiers(), (definition as MethodInfo)?.ReturnParameter);
                encoder.Void();
                return;
            }

            Modifiers(encoder.CustomModifiers(), result);
            Type(encoder.Type(result.ParameterType.IsByRef), result.ParameterType.IsByRef ? result.ParameterType.GetElementType()! : result.ParameterType);
        }

        void Parameter(ParameterTypeEncoder encoder, ParameterInfo parameter)
        {
            Modifiers(encoder.CustomModifiers(), parameter);
            var type = parameter.ParameterType;
            Type(encoder.Type(type.IsByRef), type.IsByRef ? type.GetElementType()! : type);
        }
    }

    private void Modifiers(CustomModifiersEncoder encoder, ParameterInfo? parameter)
    {
        foreach (var modifier in parameter?.GetRequiredCustomModifiers() ?? [])
        {
            encoder.AddModifier(Reference(modifier), isOptional: false);
        }
    }

    private EntityHandle Specification(Type type)
    {
        if (!type.IsGenericType)
        {
            return Reference(type);
        }

        var blob = new BlobBuilder();
        Type(new BlobEncoder(blob).TypeSpecificationSignature(), type);
        return _metadata.AddTypeSpecification(_metadata.GetOrAddBlob(blob));
    }

    private void Type(SignatureTypeEncoder encoder, Type type)
    {
        if (type.IsSZArray)
        {
            Type(encoder.SZArray(), type.GetElementType()!);
        }
        else if (type.IsPointer)
        {
            if (type.GetElementType() == typeof(void))
            {
                encoder.VoidPointer();
            }
            else
            {
                Type(encoder.Pointer(), type.GetElementType()!);
            }
        }
        else if (type.IsGenericMethodParameter)
        {
            encoder.GenericMethodTypeParameter(type.GenericParameterPosition);
        }
        else if (type.IsGenericParameter)
        {
            encoder.GenericTypeParameter(type.GenericParameterPosition);
        }
        else if (type.IsGenericType)
        {
            var arguments = encoder.GenericInstantiation(Reference(type.GetGenericTypeDefinition()), type.GetGenericArguments().Length, type.IsValueType);
            Array.ForEach(type.GetGenericArguments(), argument => Type(arguments.AddArgument(), argument));
        }
        else if (type.IsPrimitive || type == typeof(string) || type == typeof(object))
        {
            encoder.PrimitiveType(Enum.Parse<PrimitiveTypeCode>(type.Name));
        }
        else
        {
            encoder.Type(Reference(type), type.IsValueType);
        }
    }

    private TypeReferenceHandle Reference(Type type)
    {
        if (_types.TryGetValue(type, out var known))
        {
            return known;
        }

        EntityHandle scope = type.DeclaringType is { } outer ? Reference(outer) : Assembly(type);
        return _types[type] = _metadata.AddTypeReference(
            scope, type.IsNested ? default : _metadata.GetOrAddString(type.Namespace ?? ""), _metadata.GetOrAddString(type.Name));
    }

    private AssemblyReferenceHandle Assembly(Type type)
    {
        // The compiler's own name for the place of the type that stands for all reference types.
        var name = type.FullName == "System.__Canon" ? "System.Private.Canon" : type.Assembly.GetName().Name!;
        return _assemblies.TryGetValue(name, out var known)
            ? known
            : _assemblies[name] = _metadata.AddAssemblyReference(_metadata.GetOrAddString(name), new Version(0, 0, 0, 0), default, default, default, default);
    }
}
