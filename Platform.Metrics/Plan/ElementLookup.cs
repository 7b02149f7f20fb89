using System.Collections.Immutable;
using Platform.Metrics.Catalogue;
using Platform.Metrics.Filters;
using Platform.Metrics.Query;

namespace Platform.Metrics.Plan;

/// <summary>Finds what a name means for one semantic model.</summary>
/// <param name="catalogue">What there is.</param>
/// <param name="model">Where the way begins.</param>
/// <param name="time">What metric_time is; null where there is none.</param>
internal sealed class ElementLookup(MetricCatalogue catalogue, SemanticModel model, Dimension? time)
{
    /// <summary>The element, or why there is none; near matches with it.</summary>
    public Found Find(ElementName name)
    {
        if (name.CustomGrain is { } custom)
        {
            return AtCustomGrain(name, ElementName.Of(name.Parts, null, null), custom);
        }

        if (name.IsMetricTime && time is not null)
        {
            return AtGrain(name, new ReachableElement([], model, [ElementName.MetricTime]) { Dimension = time });
        }

        var asked = name;
        var best = Best(name.Parts);
        if (best.IsEmpty && name.Grain is { } grain)
        {
            // The last part is a grain's name and may still be a dimension's: order__month.
            name = ElementName.Of([.. name.Parts, grain.Name()], null, null);
            best = Best(name.Parts);
        }

        // The way may begin with the model's own entity: of an order, order__customer__region is customer__region.
        if (best.IsEmpty && asked.Parts.Length > 2 && model.OwnEntities.Contains(asked.Parts[0]) && Best(asked.Parts[1..]) is { IsEmpty: false } inner)
        {
            (name, best) = (ElementName.Of(asked.Parts[1..], asked.Grain, asked.Part), inner);
        }

        if (best.IsEmpty && !asked.HasGrain && asked.Parts.Length > 1 && catalogue.FindCustomGrain(asked.Parts[^1]) is not null)
        {
            return AtCustomGrain(asked, ElementName.Of(asked.Parts[..^1], null, null), asked.Parts[^1]);
        }

        return best switch
        {
            [] => NotFound(asked),
            [var only] => AtGrain(name, only),
            _ => new Found(null, null)
            {
                Problem = $"'{name}' is ambiguous for {model.Name}: {string.Join(", ", best.Select(Way))}. Name the way in full.",
                Near = [.. best.Select(element => element.FullName).Distinct()],
            },
        };
    }

    private Found AtCustomGrain(ElementName asked, ElementName name, string grain)
    {
        if (catalogue.TimeSpines.FirstOrDefault(spine => spine.CustomGrains.Any(own => own.Name == grain)) is not { } spine)
        {
            var known = TimeGrainNames.All.Concat(catalogue.CustomGrains.Select(custom => custom.Name)).ToArray();
            return new Found(null, null)
            {
                Problem = $"'{grain}' is no grain; known are {string.Join(", ", known)}.",
                Near = NearMatches.Of(grain, known),
            };
        }

        var found = Find(name);
        return found.Element is null ? found
            : spine.Fault is { } fault ? new Found(null, null) { Problem = fault }
            : found.Element.Dimension?.Grain is not { } finest
                ? new Found(null, null) { Problem = $"'{asked.Path}' is no time dimension; it has no {grain}." }
            : finest > spine.Grain
                ? new Found(null, null) { Problem = $"'{asked}': the calendar of {grain} is by {spine.Grain.Name()}; the finest grain of '{name}' is {finest.Name()}." }
            : new Found(found.Element, null) { CustomGrain = (spine, spine.CustomGrains.First(own => own.Name == grain)) };
    }

    /// <summary>Names that can be used, each as short as it is clear.</summary>
    public IEnumerable<(string Name, ReachableElement Element)> Usable()
    {
        var elements = catalogue.Joins.From(model);
        foreach (var element in elements)
        {
            var name = Best([.. ElementName.Parse(element.ShortName).Parts]) is [var only] && only == element ? element.ShortName : element.FullName;
            if (Best([.. ElementName.Parse(name).Parts]) is [var best] && best == element)
            {
                yield return (name, element);
            }
        }
    }

    private ImmutableArray<ReachableElement> Best(ImmutableArray<string> parts)
    {
        var matches = catalogue.Joins.From(model)
            .Select(element => (Element: element, Match: element.Match(parts)))
            .Where(match => match.Match is not null)
            .GroupBy(match => (match.Match, match.Element.Path.Length))
            .MinBy(group => group.Key);
        return matches is null
            ? []
            : [.. matches.Select(match => match.Element)
                .DistinctBy(element => (string.Join('/', element.Path.Select(step => step.Target.Name)), element.Names[^1], element.Names.Length))];
    }

    private static Found AtGrain(ElementName name, ReachableElement element)
    {
        var grain = element.Dimension?.Grain;
        if (grain is null)
        {
            return name is { Grain: null, Part: null }
                ? new Found(element, null)
                : new Found(null, null) { Problem = $"'{name.Path}' is no time dimension; it has no {name.Grain?.Name() ?? name.Part?.Name()}." };
        }

        return name.Grain < grain
            ? new Found(null, null) { Problem = $"'{name}' asks for {name.Grain?.Name()}; the finest grain of '{name.Path}' is {grain.Value.Name()}." }
            : new Found(element, name.Part is null ? name.Grain ?? grain : null) { Part = name.Part };
    }

    private Found NotFound(ElementName name)
    {
        var last = name.Parts[^1];
        var otherWay = Usable().Where(usable => name.Parts.Length > 1 && usable.Element.Names is [.., var entity, var element] && entity == name.Parts[^2]
            && element == last).Select(usable => usable.Name).ToArray();
        if (otherWay.Length > 0)
        {
            return new Found(null, null)
            {
                Near = otherWay,
                Problem = $"'{name}' is no way from {model.Name}; there it is {string.Join(" or ", otherWay)}.",
            };
        }

        var elsewhere = catalogue.Models.Values
            .Where(other => other.FindDimension(last) is not null && name.Parts.Length > 1 && other.FindEntity(name.Parts[^2]) is not null)
            .Select(other => other.Name)
            .Order(StringComparer.Ordinal)
            .ToArray();
        var near = NearMatches.Of(
            name.Text,
            Usable().Select(usable => usable.Name).Concat(Enum.GetValues<TimeGrain>().Where(grain => time is not null && grain >= time.Grain)
                .Select(grain => $"{ElementName.MetricTime}__{grain.Name()}")));
        return new Found(null, null)
        {
            Near = near,
            Problem = elsewhere.Length == 0
                ? $"'{name}' is no dimension or entity that {model.Name} reaches."
                : $"'{name}' is a dimension of {string.Join(", ", elsewhere)}, which {model.Name} does not reach by a join that keeps one row for " +
                  $"each of its own; joining it would count rows more than once.",
        };
    }

    private static string Way(ReachableElement element) =>
        element.Path.IsEmpty ? element.FullName : $"{element.FullName} by way of {string.Join(", ", element.Path.Select(step => step.Target.Name))}";

    internal sealed record Found(ReachableElement? Element, TimeGrain? Grain)
    {
        public DatePart? Part { get; init; }

        public (TimeSpine Spine, CustomGrain Grain)? CustomGrain { get; init; }

        public string? Problem { get; init; }

        public IReadOnlyList<string> Near { get; init; } = [];
    }
}
