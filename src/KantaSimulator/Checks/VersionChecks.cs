using System.Xml;
using KantaSimulator.Message;
using KantaSimulator.Rules;
using KantaSimulator.Xml;

namespace KantaSimulator.Checks;

/// <summary>What a version number, set id and relatedDocument must say of each other, before the chain in the archive is asked.</summary>
internal static class VersionChecks
{
    public static void Run(XmlElement document, Metadata metadata, Interaction interaction, Findings findings)
    {
        var where = document.At("versionNumber") ?? document;
        if (metadata.VersionNumber is not { } version)
        {
            findings.Add(Rulebook.VersionInteraction, where, metadata.Version);
            return;
        }

        var replacing = interaction.Kind == InteractionKind.ArchiveReplacement;
        findings.AddUnless(replacing == version > 1, Rulebook.VersionInteraction, where, $"version {version} in {interaction.Name}");
        if (version == 1)
            findings.AddUnless(metadata.SetId == metadata.Id, Rulebook.FirstVersionSet, document.At("setId") ?? document, metadata.SetId);
        findings.AddUnless(version > 1 == metadata.Related.StartsWith("RPLC ", StringComparison.Ordinal), Rulebook.RelatedDocument,
            document.At("relatedDocument") ?? document, $"in the document of version {version}");
    }
}
