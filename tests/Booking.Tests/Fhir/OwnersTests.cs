using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Booking.Availability;
using Booking.Services;
using Booking.Tests.Host;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Practice;
using CareRecords.Rest;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Booking.Tests.Fhir;

/// <summary>Writes through /fhir go through the owners, and what they own is read through every door.</summary>
public sealed class OwnersTests(BookingApp app) : IClassFixture<BookingApp>, IAsyncLifetime
{
    private readonly HttpClient _client = app.NewClient();
    private Guid _practitioner;
    private Guid _service;
    private string _name = "";

    public async ValueTask InitializeAsync()
    {
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(Guid.CreateVersion7(), "Testi", UserRole.Administrator);
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var directory = scope.ServiceProvider.GetRequiredService<PracticeDirectory>();
        if (await directory.FindAsync() is null)
        {
            await SetUpPractice.HandleAsync(work, new SetUpPractice.Request
            {
                Name = "Hoitola Koe",
                Environment = KantaEnvironment.Simulated,
                OrganizationOid = "1.2.246.10.99999999.10.0",
                Controllers =
                [
                    new ControllerFacts(
                        Guid.CreateVersion7(), "Hoitola Koe", "company", "1.2.246.10.99999999.19.0", "1.2.246.10.99999999.10.0", "Hoitola Koe", "1.2.246.10.99999999.10.1",
                        "Vastaanotto", "1.2.246.10.99999999", "3", "1.2.246.10.99999999.22"),
                ],
            }, CancellationToken.None);
            await work.CommitAsync();
        }

        var practice = await directory.GetAsync();
        await using var db = await BookingContext.OnAsync(work, CancellationToken.None);
        var resource = new CalendarResource { PracticeId = practice.Id, Kind = ResourceKind.Practitioner, Name = "Maija Malli" };
        var practitioner = new Practitioner { Id = resource.Id, ControllerId = practice.Controllers[0].Id, FamilyName = "Malli", GivenNames = "Maija", Title = "fysioterapeutti" };
        _name = "Hoito " + resource.Id;
        var service = new Service
        {
            PracticeId = practice.Id,
            NameFi = _name,
            NameSv = _name,
            NameEn = _name,
            DurationMinutes = 60,
            PriceCents = 7500,
            Vat = VatTreatment.General,
            GridMinutes = 60,
        };
        db.AddRange(resource, practitioner, service, new ServiceOffer { ServiceId = service.Id, PractitionerId = practitioner.Id });
        db.AddRange(Enum.GetValues<DayOfWeek>().Select(d => new WorkingHours { ResourceId = resource.Id, Weekday = d, Starts = new TimeOnly(8, 0), Ends = new TimeOnly(16, 0) }));
        await db.SaveChangesAsync();
        await work.CommitAsync();
        (_practitioner, _service) = (practitioner.Id, service.Id);
        var issued = await IssueToken.HandleAsync(
            work, scope.ServiceProvider.GetRequiredService<AccessLog>(), TimeProvider.System, new IssueToken.Request { Name = "Ohjelma", Scopes = ["system/*.cruds"] }, default);
        await work.CommitAsync();
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issued.Token);
    }

    [Fact]
    public async Task Appointment_OfAFreeSlot_IsBookedOnce_MovedAndCancelled_AndSeenInTheCalendar()
    {
        var patient = await CreatePatientAsync();
        var slots = (await GetAsync($"Slot?schedule=Schedule/{_practitioner}&status=free&start=ge{InTwoDays}"))["entry"]!.AsArray().Select(e => e!["resource"]!).ToList();
        var (slot, later) = (slots[0]["id"]!.GetValue<string>(), slots[1]);
        (await GetAsync("Slot/" + slot))["start"]!.GetValue<string>().ShouldBe(slots[0]["start"]!.GetValue<string>());
        (await GetAsync("Schedule/" + _practitioner))["actor"]![0]!["reference"]!.GetValue<string>().ShouldBe($"Practitioner/{_practitioner}");

        var booked = await SendAsync(HttpMethod.Post, "Appointment", Wish(patient, slots[0]), HttpStatusCode.Created);
        var id = booked["id"]!.GetValue<string>();
        booked["start"]!.GetValue<string>().ShouldBe(slots[0]["start"]!.GetValue<string>());
        (await RowAsync(id)).Status.ShouldBe(Booking.Appointments.AppointmentStatus.Booked);
        (await GetAsync($"Appointment?patient={patient}"))["total"]!.GetValue<int>().ShouldBe(1);
        (await app.Services.GetRequiredService<Npgsql.NpgsqlDataSource>().CreateCommand($"select count(*) from booking.allocation where appointment_id = '{id}'").ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe(1L);

        var taken = await SendAsync(HttpMethod.Post, "Appointment", Wish(await CreatePatientAsync(), slots[0]), HttpStatusCode.Conflict);
        taken["resourceType"]!.GetValue<string>().ShouldBe("OperationOutcome");
        taken["issue"]!.AsArray().ShouldContain(i => i!["diagnostics"]!.GetValue<string>().Contains("Slot/"));
        (await app.Client.GetAsync("/fhir/Slot/" + slot, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _client.GetAsync("/fhir/Slot/" + slot, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        booked["start"] = later["start"]!.GetValue<string>();
        booked["end"] = later["end"]!.GetValue<string>();
        (await SendAsync(HttpMethod.Put, "Appointment/" + id, booked.ToJsonString(), HttpStatusCode.OK))["start"]!.GetValue<string>().ShouldBe(later["start"]!.GetValue<string>());
        var cancelled = await SendAsync(HttpMethod.Put, "Appointment/" + id, booked.ToJsonString().Replace("\"booked\"", "\"cancelled\""), HttpStatusCode.OK);
        cancelled["status"]!.GetValue<string>().ShouldBe("cancelled");
        (await RowAsync(id)).Status.ShouldBe(Booking.Appointments.AppointmentStatus.Cancelled);
        (await GetAsync("Slot/" + slot))["status"]!.GetValue<string>().ShouldBe("free");
        (await _client.DeleteAsync("/fhir/Appointment/" + id, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Appointments_InATransaction_StandOrFallTogetherWithTheRest()
    {
        var slots = (await GetAsync($"Slot?schedule=Schedule/{_practitioner}&status=free"))["entry"]!.AsArray().Select(e => e!["resource"]!).ToList();
        var family = "Siirto" + Guid.NewGuid().ToString("N");
        const string urn = "urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9";
        string Appointment(JsonNode slot) => $$$"""{"resource":{{{Wish("x", slot).Replace("Patient/x", urn)}}},"request":{"method":"POST","url":"Appointment"}}""";
        string Bundle(string appointments) =>
            $$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[{{{appointments}}},
            {"fullUrl":"{{{urn}}}","resource":{"resourceType":"Patient","name":[{"family":"{{{family}}}","given":["Aino"]}]},"request":{"method":"POST","url":"Patient"}},
            {"request":{"method":"GET","url":"Slot?schedule=Schedule/{{{_practitioner}}}&status=free&_count=1"}}]}
            """;

        var failed = await SendAsync(HttpMethod.Post, "", Bundle($"{Appointment(slots[0])},{Appointment(slots[0])}"), HttpStatusCode.Conflict);
        failed["issue"]![0]!["expression"]![0]!.GetValue<string>().ShouldStartWith("Bundle.entry[");
        (await GetAsync($"Patient?family={family}"))["total"]!.GetValue<int>().ShouldBe(0);
        (await GetAsync($"Slot/{slots[0]["id"]}"))["status"]!.GetValue<string>().ShouldBe("free");

        var done = await SendAsync(HttpMethod.Post, "", Bundle($"{Appointment(slots[0])},{Appointment(slots[1])}"), HttpStatusCode.OK);
        done["entry"]!.AsArray().Select(e => e!["response"]!["status"]!.GetValue<string>()[..3]).ShouldBe(["201", "201", "201", "200"]);
        // What is asked in the transaction sees what was written in it, and ends nothing.
        done["entry"]![3]!["resource"]!["entry"]![0]!["resource"]!["id"]!.GetValue<string>().ShouldBe(slots[2]["id"]!.GetValue<string>());
        foreach (var entry in done["entry"]!.AsArray().Take(2))
        {
            (await RowAsync(entry!["resource"]!["id"]!.GetValue<string>())).CustomerId.ToString().ShouldBe(done["entry"]![2]!["resource"]!["id"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task AFreeTime_IsFound_HeldByOneOfTwo_AndBooked()
    {
        var (one, other) = (await CreatePatientAsync(), await CreatePatientAsync());
        var found = await GetAsync($"Appointment/$find?service-type={Uri.EscapeDataString(_name)}&practitioner=Practitioner/{_practitioner}&start={InTwoDays}&_count=3");
        var proposed = found["entry"]!.AsArray().Select(e => e!["resource"]!).ToList();
        proposed.Count.ShouldBe(3);
        proposed[0]["status"]!.GetValue<string>().ShouldBe("proposed");
        var slot = proposed[0]["slot"]![0]!["reference"]!.GetValue<string>();

        // Both at once: the constraint gives it to one.
        var held = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => _client.SendAsync(Post("Appointment/$hold", Parameters(("slot", slot))), TestContext.Current.CancellationToken)));
        held.Select(h => h.StatusCode).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict]);
        var hold = (await ReadAsync(held.Single(h => h.StatusCode == HttpStatusCode.OK), HttpStatusCode.OK))["parameter"]!.AsArray();
        hold.Single(p => p!["name"]!.GetValue<string>() == "appointment")!["resource"]!["status"]!.GetValue<string>().ShouldBe("pending");
        (await ReadAsync(held.Single(h => h.StatusCode == HttpStatusCode.Conflict), HttpStatusCode.Conflict)).ToJsonString().ShouldContain("Slot/");
        (await _client.GetAsync("/fhir/" + slot, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Post, "Appointment/$book", Parameters(("slot", slot), ("patient", $"Patient/{other}")), HttpStatusCode.Conflict);

        var id = hold.Single(p => p!["name"]!.GetValue<string>() == "hold")!["valueId"]!.GetValue<string>();
        var book = $$$"""{"resourceType":"Parameters","parameter":[{"name":"hold","valueId":"{{{id}}}"},{"name":"patient","valueReference":{"reference":"Patient/{{{one}}}"}}]}""";
        var booked = await SendAsync(HttpMethod.Post, "Appointment/$book", book, HttpStatusCode.Created);
        booked["status"]!.GetValue<string>().ShouldBe("booked");
        booked["start"]!.GetValue<string>().ShouldBe(proposed[0]["start"]!.GetValue<string>());
        (await RowAsync(booked["id"]!.GetValue<string>())).CustomerId.ShouldBe(Guid.Parse(one));
        await SendAsync(HttpMethod.Post, "Appointment/$book", book, HttpStatusCode.Conflict);

        // Without a hold: again one of two.
        var next = proposed[1]["slot"]![0]!["reference"]!.GetValue<string>();
        var raced = await Task.WhenAll(((string[])[one, other]).Select(p => _client.SendAsync(Post("Appointment/$book", Parameters(("slot", next), ("patient", $"Patient/{p}"))), TestContext.Current.CancellationToken)));
        raced.Select(r => r.StatusCode).Order().ShouldBe([HttpStatusCode.Created, HttpStatusCode.Conflict]);
        foreach (var (path, body, status) in new[]
        {
            ("Appointment/$book", Parameters(("slot", next)), HttpStatusCode.BadRequest), ("Appointment/$hold", Parameters(), HttpStatusCode.BadRequest),
            ("Appointment/$hold", Parameters(("slot", "Slot/none")), HttpStatusCode.UnprocessableEntity), ("Appointment/$find", Parameters(), HttpStatusCode.OK),
        })
        {
            await SendAsync(HttpMethod.Post, path, body, status);
        }

        (await _client.GetAsync("/fhir/Appointment/$find?start=2026-01-01&end=2031-01-01", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await GetAsync("metadata"))["rest"]![0]!["resource"]!.AsArray().Single(r => r!["type"]!.GetValue<string>() == "Appointment")!["operation"]!.AsArray()
            .Select(o => o!["name"]!.GetValue<string>()).ShouldContain("hold");
        (await GetAsync("CapabilityStatement/carerecords"))["status"]!.GetValue<string>().ShouldBe("active");
    }

    private static string Parameters(params (string Name, string Reference)[] parameters) => new JsonObject
    {
        ["resourceType"] = "Parameters",
        ["parameter"] = new JsonArray(
        [
            new JsonObject { ["name"] = "_count", ["valueInteger"] = 5 },
            .. parameters.Select(p => new JsonObject { ["name"] = p.Name, ["valueReference"] = new JsonObject { ["reference"] = p.Reference } }),
        ]),
    }.ToJsonString();

    private static HttpRequestMessage Post(string path, string json) => new(HttpMethod.Post, "/fhir/" + path) { Content = new StringContent(json, Encoding.UTF8, "application/fhir+json") };

    [Fact]
    public async Task Patient_IsTheCustomerCard_AndItsIdentityStaysWithTheRecord()
    {
        var id = await CreatePatientAsync();
        var patient = await GetAsync("Patient/" + id);
        patient["name"]![0]!["family"] = "Korhonen";
        (await SendAsync(HttpMethod.Put, "Patient/" + id, patient.ToJsonString(), HttpStatusCode.OK))["name"]![0]!["family"]!.GetValue<string>().ShouldBe("Korhonen");
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await using var db = await BookingContext.OnAsync(scope.ServiceProvider.GetRequiredService<UnitOfWork>(), default);
            (await db.Customers.SingleAsync(c => c.Id == Guid.Parse(id))).Version.ShouldBe(2);
        }

        patient["birthDate"] = "1990-01-01";
        (await SendAsync(HttpMethod.Put, "Patient/" + id, patient.ToJsonString(), HttpStatusCode.UnprocessableEntity)).ToJsonString().ShouldContain("birthDate");
        (await GetAsync($"Patient?family=korhonen&_id={id}"))["total"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Composition_And_Encounter_AndViews_SayHowTheyAreWritten()
    {
        foreach (var (type, word) in new[] { ("Composition", "Sign"), ("Encounter", "visit"), ("Task", "archive"), ("Slot", "book"), ("AuditEvent", "log") })
        {
            (await SendAsync(HttpMethod.Post, type, $$"""{"resourceType":"{{type}}"}""", type == "AuditEvent" ? HttpStatusCode.Forbidden : HttpStatusCode.MethodNotAllowed))
                .ToJsonString().ShouldContain(type == "AuditEvent" ? "right" : word);
        }
    }

    [Fact]
    public async Task Task_ShowsWhereADocumentStands_AndIsSearched()
    {
        var (patient, id) = (Guid.CreateVersion7().ToString(), Guid.CreateVersion7());
        await using (var insert = app.Services.GetRequiredService<Npgsql.NpgsqlDataSource>().CreateCommand(
            $"""
            insert into kanta.document (id, kind, controller_id, patient_id, oid, set_id, version, note_id, note_version, wrapper, wrapper_split, state, reason)
            values ('{id}', 'care', gen_random_uuid(), '{patient}', '1.2.246.10.1.{id.GetHashCode() & int.MaxValue}', '{id}', 1, '{id}', 1, '', 0, 'refused', 'Not fit')
            """))
        {
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var task = await GetAsync("Task/" + id);
        task["status"]!.GetValue<string>().ShouldBe("failed");
        task["focus"]!["reference"]!.GetValue<string>().ShouldBe($"Composition/{id}");
        foreach (var (query, count) in new[] { ("", 1), ("&status=failed", 1), ("&status:not=failed", 0), ("&business-status=needs-attention", 1), ("&focus=Composition/" + id, 1), ("&authored-on=gt2020", 1), ("&_id=" + id, 1), ("&code=other", 0) })
        {
            (await GetAsync($"Task?patient=Patient/{patient}{query}"))["total"]!.GetValue<int>().ShouldBe(count, query);
        }

        foreach (var refused in new[] { "Task?_sort=status", "Task?_has:Provenance:target:agent=x", "Composition?_has:Task:focus:status=failed", "?_type=Task" })
        {
            (await _client.GetAsync("/fhir/" + refused, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, refused);
        }
    }

    [Fact]
    public async Task TheStatement_IsReadAsAResource_AndSaysWhatOwnersDo()
    {
        var statement = await GetAsync("CapabilityStatement/carerecords");
        var patient = statement["rest"]![0]!["resource"]!.AsArray().Single(r => r!["type"]!.GetValue<string>() == "Patient")!;
        patient["interaction"]!.AsArray().Select(i => i!["code"]!.GetValue<string>()).ShouldContain("update");
        patient["interaction"]!.AsArray().Select(i => i!["code"]!.GetValue<string>()).ShouldNotContain("delete");
    }

    // The first times of today stop being offered while the clock goes on.
    private static string InTwoDays => $"{DateTime.UtcNow.AddDays(2):yyyy-MM-dd}";

    private static string Wish(string patient, JsonNode slot) =>
        $$"""{"resourceType":"Appointment","status":"booked","start":{{slot["start"]!.ToJsonString()}},"end":{{slot["end"]!.ToJsonString()}},"slot":[{"reference":"Slot/{{slot["id"]}}"}],"participant":[{"actor":{"reference":"Patient/{{patient}}"},"status":"accepted"}]}""";

    private async Task<string> CreatePatientAsync() => (await SendAsync(
        HttpMethod.Post, "Patient", """{"resourceType":"Patient","name":[{"family":"Virtanen","given":["Aino","Maria"]}],"telecom":[{"system":"phone","value":"0401234567"}]}""",
        HttpStatusCode.Created))["id"]!.GetValue<string>();

    private async Task<Booking.Appointments.Appointment> RowAsync(string id)
    {
        await using var scope = app.Services.CreateAsyncScope();
        await using var db = await BookingContext.OnAsync(scope.ServiceProvider.GetRequiredService<UnitOfWork>(), default);
        return await db.Appointments.AsNoTracking().SingleAsync(a => a.Id == Guid.Parse(id));
    }

    private async Task<JsonNode> GetAsync(string path) => await ReadAsync(await _client.GetAsync("/fhir/" + path, TestContext.Current.CancellationToken), HttpStatusCode.OK);

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string json, HttpStatusCode expected) => await ReadAsync(
        await _client.SendAsync(new HttpRequestMessage(method, "/fhir/" + path) { Content = new StringContent(json, Encoding.UTF8, "application/fhir+json") }, TestContext.Current.CancellationToken),
        expected);

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(expected, text);
        return JsonNode.Parse(text)!;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
