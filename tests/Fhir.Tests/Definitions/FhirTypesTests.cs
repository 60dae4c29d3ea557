using Fhir.Definitions;
using Fhir.Json;
using Shouldly;

namespace Fhir.Tests.Definitions;

public class FhirTypesTests
{
    [Fact]
    public void EveryResource_HasAWholeDefinition()
    {
        FhirTypes.ResourceNames.Count.ShouldBe(145);
        foreach (var name in FhirTypes.ResourceNames)
        {
            Walk(FhirTypes.Get(name), []);
        }
    }

    private static void Walk(TypeDefinition type, HashSet<string> seen)
    {
        if (!seen.Add(type.Path))
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            for (var i = 0; i < property.JsonNames.Count; i++)
            {
                property.TypeAt(i).ShouldNotBeNull();
                Walk(property.TypeAt(i), seen);
            }
        }
    }

    [Fact]
    public void Property_OfChoice_HasOneJsonNamePerType()
    {
        var value = FhirTypes.Get("Observation").Property("value").ShouldNotBeNull();
        value.IsChoice.ShouldBeTrue();
        value.JsonNames.ShouldContain("valueCodeableConcept");
        value.TypeNames.Count.ShouldBe(11);
    }

    [Theory]
    [InlineData("Patient", "DomainResource", true)]
    [InlineData("Patient", "Resource", true)]
    [InlineData("Bundle", "DomainResource", false)]
    [InlineData("Age", "Quantity", true)]
    [InlineData("code", "string", true)]
    [InlineData("positiveInt", "integer", true)]
    [InlineData("url", "uri", true)]
    [InlineData("HumanName", "Element", true)]
    public void Is_FollowsTheBases(string type, string ancestor, bool expected) => FhirTypes.Get(type).Is(ancestor).ShouldBe(expected);

    [Fact]
    public void Element_KnowsItsPlaceParentAndContainer()
    {
        var root = FhirJson.Parse("""{"resourceType":"Observation","contained":[{"resourceType":"Patient","id":"p","name":[{"given":["A","B"]}]}],"status":"final","code":{"text":"x"},"valueString":"v"}""");
        var given = root.Contained("p")!.Child("name")!.ChildrenNamed("given")[1];
        given.Place.ShouldBe("Observation.contained[0].name[0].given[1]");
        given.Resource.TypeName.ShouldBe("Patient");
        given.RootResource.ShouldBeSameAs(root);
        root.Child("value")!.JsonName.ShouldBe("valueString");
        root.TextAt("code.text").ShouldBe("x");
        root.Child("id").ShouldBeNull();
        root.Contained("p")!.Child("id")!.TypeName.ShouldBe("id");
    }
}
