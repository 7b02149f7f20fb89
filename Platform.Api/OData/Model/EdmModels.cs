using System.Collections.Immutable;
using Microsoft.OData.Edm;
using Microsoft.OData.Edm.Csdl;
using Microsoft.OData.Edm.Vocabularies;
using Microsoft.OData.Edm.Vocabularies.V1;

namespace Platform.Api.OData.Model;

/// <summary>Makes the entity data model of sets.</summary>
internal static class EdmModels
{
    public const string Namespace = "Platform";

    public static IEdmModel Build(ImmutableArray<NamedSet> sets)
    {
        var model = new EdmModel();
        var container = new EdmEntityContainer(Namespace, "Marts");
        model.AddElement(container);
        var types = sets.ToDictionary(set => set.Name, set => Type(model, set));
        var entitySets = sets.ToDictionary(set => set.Name, set => container.AddEntitySet(set.Name, types[set.Name]));
        foreach (var set in sets)
        {
            Describe(model, entitySets[set.Name], set.Description);
            foreach (var navigation in set.Navigations)
            {
                var property = types[set.Name].AddUnidirectionalNavigation(Navigation(navigation, types[set.Name], types[navigation.Target], sets.First(target => target.Name == navigation.Target)));
                entitySets[set.Name].AddNavigationTarget(property, entitySets[navigation.Target]);
            }
        }

        return model;
    }

    private static EdmEntityType Type(EdmModel model, NamedSet set)
    {
        var type = new EdmEntityType(Namespace, set.Name);
        foreach (var column in set.Columns)
        {
            var property = type.AddStructuralProperty(column.Name, column.TypeReference);
            Describe(model, property, column.Description);
            if (set.Key.Contains(column.Name))
            {
                type.AddKeys(property);
            }
        }

        model.AddElement(type);
        return type;
    }

    private static EdmNavigationPropertyInfo Navigation(SetNavigation navigation, EdmEntityType type, EdmEntityType targetType, NamedSet target)
    {
        var info = new EdmNavigationPropertyInfo { Name = navigation.Name, Target = targetType, TargetMultiplicity = EdmMultiplicity.ZeroOrOne };

        // A constraint on a column that is never null would promise that the other row is there, which nothing in the warehouse enforces.
        if (target.Key is [var key] && key == navigation.TargetColumn && type.FindProperty(navigation.Column).Type.IsNullable)
        {
            info.DependentProperties = [(IEdmStructuralProperty)type.FindProperty(navigation.Column)];
            info.PrincipalProperties = [(IEdmStructuralProperty)targetType.FindProperty(key)];
        }

        return info;
    }

    private static void Describe(EdmModel model, IEdmVocabularyAnnotatable target, string? description)
    {
        if (!string.IsNullOrWhiteSpace(description))
        {
            var annotation = new EdmVocabularyAnnotation(target, CoreVocabularyModel.DescriptionTerm, new EdmStringConstant(description.Trim()));
            annotation.SetSerializationLocation(model, EdmVocabularyAnnotationSerializationLocation.Inline);
            model.AddVocabularyAnnotation(annotation);
        }
    }
}
