using System.Text.Json;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Treatments;

namespace CareRecords.Terminology;

/// <summary>Puts imported note templates in the place of the built-in ones. Drafts of a template that is gone cannot be signed; signed notes keep theirs.</summary>
public static class ImportTemplates
{
    public static async Task HandleAsync(UnitOfWork work, AccessLog log, IReadOnlyList<NoteTemplate> templates, CancellationToken cancel)
    {
        await work.ExecuteAsync("delete from care.note_template", cancel);
        for (var i = 0; i < templates.Count; i++)
        {
            await work.ExecuteAsync(
                "insert into care.note_template (id, position, definition) values ($1, $2, $3::jsonb)", cancel, templates[i].Id, i,
                JsonSerializer.Serialize(templates[i], JsonSerializerOptions.Web));
        }
        await log.RecordAsync(work, new AccessEntry
        {
            Interaction = "update",
            ResourceType = "CodeSystem",
            ResourceId = "note-templates",
            Purpose = "administration",
            Detail = $"{templates.Count} note templates imported",
        }, cancel);
    }
}
