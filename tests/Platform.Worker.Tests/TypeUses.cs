using Mono.Cecil;

namespace Platform.Worker.Tests;

/// <summary>Which types each type of an assembly uses, in signatures and in the bodies of its methods, closures and state machines.</summary>
internal static class TypeUses
{
    /// <returns>Pairs of (user, used) by full name; the user is the outermost type, so that what the compiler nests counts for it.</returns>
    public static HashSet<(string User, string Used)> Of(string assemblyPath)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(assemblyPath);
        var uses = new HashSet<(string, string)>();
        foreach (var type in assembly.MainModule.Types)
        {
            var used = new HashSet<string>();
            Collect(type, used);
            uses.UnionWith(used.Where(name => name != type.FullName).Select(name => (type.FullName, name)));
        }
        return uses;
    }

    private static void Collect(TypeDefinition type, HashSet<string> used)
    {
        Add(type.BaseType, used);
        foreach (var implemented in type.Interfaces)
        {
            Add(implemented.InterfaceType, used);
        }
        foreach (var attribute in type.CustomAttributes)
        {
            Add(attribute.AttributeType, used);
        }
        foreach (var field in type.Fields)
        {
            Add(field.FieldType, used);
        }
        foreach (var method in type.Methods)
        {
            Collect(method, used);
        }
        foreach (var nested in type.NestedTypes)
        {
            Collect(nested, used);
        }
    }

    private static void Collect(MethodDefinition method, HashSet<string> used)
    {
        AddSignature(method, used);
        if (!method.HasBody)
        {
            return;
        }
        foreach (var local in method.Body.Variables)
        {
            Add(local.VariableType, used);
        }
        foreach (var instruction in method.Body.Instructions)
        {
            switch (instruction.Operand)
            {
                case TypeReference type:
                    Add(type, used);
                    break;
                case FieldReference field:
                    Add(field.DeclaringType, used);
                    Add(field.FieldType, used);
                    break;
                case MethodReference call:
                    Add(call.DeclaringType, used);
                    AddSignature(call, used);
                    break;
            }
        }
    }

    private static void AddSignature(MethodReference method, HashSet<string> used)
    {
        Add(method.ReturnType, used);
        foreach (var parameter in method.Parameters)
        {
            Add(parameter.ParameterType, used);
        }
        foreach (var argument in (method as GenericInstanceMethod)?.GenericArguments ?? [])
        {
            Add(argument, used);
        }
    }

    private static void Add(TypeReference? type, HashSet<string> used)
    {
        switch (type)
        {
            case null or GenericParameter:
                return;
            case GenericInstanceType generic:
                foreach (var argument in generic.GenericArguments)
                {
                    Add(argument, used);
                }
                Add(generic.ElementType, used);
                return;
            case TypeSpecification specification:
                Add(specification.ElementType, used);
                return;
            case { DeclaringType: { } outer }:
                Add(outer, used);
                return;
            default:
                used.Add(type.FullName);
                return;
        }
    }
}
