using Booking.Treatments;
using CareRecords;
using CareRecords.Database;
using CareRecords.Treatments;

namespace Booking.Host.Demo;

/// <summary>One demonstration visit being cared for and documented, at the time it had; each step is its use case and a commit.</summary>
internal sealed class DemoCare(IServiceProvider scope, DateTimeOffset start)
{
    private static readonly TimeSpan _length = TimeSpan.FromMinutes(45);
    private readonly UnitOfWork _work = scope.GetRequiredService<UnitOfWork>();

    /// <summary>With <paramref name="series"/> the customer's open series goes on, or one begins.</summary>
    public async Task<VisitFacts> OpenAsync(Guid appointment, bool series, CancellationToken cancel)
    {
        var appointments = scope.GetRequiredService<AppointmentForCare>();
        var facts = await appointments.FindAsync(appointment, cancel) ?? throw new InvalidOperationException("A demonstration booking is gone.");
        var open = series ? (await TreatmentRows.OpenSeriesAsync(_work, facts.PatientId, facts.ControllerId, cancel)).FirstOrDefault()?.Id : null;
        var opened = Done(await scope.GetRequiredService<OpenVisit>().HandleAsync(
            new OpenVisit.Request
            {
                PatientId = facts.PatientId,
                AppointmentId = appointment,
                PractitionerId = facts.PractitionerId,
                ControllerId = facts.ControllerId,
                ServiceName = facts.ServiceName,
                IsCare = facts.IsCare,
                ContactMode = facts.ContactMode,
                StartedAt = start,
                Series = !series ? SeriesChoice.OneVisit : open is null ? SeriesChoice.NewSeries : SeriesChoice.Continue,
                ServiceEventId = open,
            },
            cancel));
        await appointments.ArrivedAsync(appointment, cancel);
        await _work.CommitAsync(cancel);
        return opened;
    }

    public async Task RecordPersonAsync(VisitFacts visit, DemoPerson person, CancellationToken cancel)
    {
        if ((await RecordInforming.AllAsync(_work, visit.PatientId, cancel)).Count > 0)
        {
            return;
        }

        Done(await scope.GetRequiredService<RecordPerson>().HandleAsync(
            new RecordPerson.Request
            {
                PatientId = visit.PatientId,
                ControllerId = visit.ControllerId,
                IdentityCode = person.IdentityCode,
                Sex = person.Sex,
                HomeMunicipality = "091",
            },
            cancel));
        Done(await At<RecordInforming>(TimeSpan.Zero).HandleAsync(
            new RecordInforming.Request
            {
                PatientId = visit.PatientId,
                ControllerId = visit.ControllerId,
                Kind = RecordInforming.Kanta,
                TextVersion = "2.0",
                GivenOn = DateOnly.FromDateTime(start.UtcDateTime),
            }, cancel));
        await _work.CommitAsync(cancel);
    }

    public async Task WriteAsync(VisitFacts visit, string text, bool sign, CancellationToken cancel)
    {
        if ((await NoteList.OfVisitAsync(_work, visit.Id, cancel)).Count > 0 || (await scope.GetRequiredService<Drafts>().OfVisitAsync(visit.Id, cancel)).Count > 0)
        {
            return;
        }

        var profession = visit.ServiceName.Contains("hieronta", StringComparison.OrdinalIgnoreCase) ? "massage" : "physiotherapy";
        var template = NoteTemplates.All.First(t => t.Id == profession);
        var findings = template.Headings.First(h => h.Heading.Code == "53");
        var content = new NoteContent
        {
            TemplateId = template.Id,
            View = template.View,
            Title = template.Title,
            Headings = [.. template.Headings.Select(h => new NoteHeading
            {
                Stage = h.Stage.ToNoteCode(),
                Heading = h.Heading.ToNoteCode(),
                Text = h == findings ? text : "",
                Facts = h == findings ? [.. h.Facts.Where(f => f.Unit == "{score}").Select(f => new StructuredFact(f.Kind, f.Code, "3", f.Unit))] : [],
            })],
        };
        var drafts = At<Drafts>(_length);
        var draft = await drafts.BeginAsync(visit, content, null, cancel);
        if (sign)
        {
            Done(await At<SignNote>(_length.Add(TimeSpan.FromMinutes(5)), drafts).HandleAsync(draft.Id, draft.Revision, Guid.CreateVersion7(), cancel));
        }

        await _work.CommitAsync(cancel);
    }

    public async Task EndAsync(VisitFacts visit, CancellationToken cancel)
    {
        await At<EndVisit>(_length).HandleAsync(visit.Id, cancel);
        await (visit.AppointmentId is { } appointment ? scope.GetRequiredService<AppointmentForCare>().DoneAsync(appointment, cancel) : Task.CompletedTask);
        await _work.CommitAsync(cancel);
    }

    private T At<T>(TimeSpan after, params object[] others) => ActivatorUtilities.CreateInstance<T>(scope, [new SetClock(start + after), .. others]);

    private static T Done<T>(Outcome<T> outcome) => outcome.Done
        ? outcome.Value!
        : throw new InvalidOperationException($"The demonstration was refused: {string.Join(", ", outcome.Refusals.Select(r => r.TextKey))}");

    private sealed class SetClock(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }
}
