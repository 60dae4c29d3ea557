using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Booking.SignIn;
using CareRecords;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Protection;
using CareRecords.Rest;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Booking.Tests.Journey;

/// <summary>Turvakielto: every answer that somebody can get is searched for the contacts of a person who has it.</summary>
public sealed class NonDisclosureTests(PracticeApp app)
{
    // Each in the forms in which it could be shown.
    private static readonly string[] Secrets = ["045 777 1234", "0457771234", "457771234", "piilossa@example.fi", "Piilopolku"];

    [Fact]
    public async Task Turvakielto_HidesTheContactsInEveryAnswer_UntilSomebodyAsksForThem()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        using var receptionist = await app.SignedInAsync(Roles.Receptionist);
        var customer = await receptionist.CreatesCardAsync("Suojattu");
        var appointment = await app.AddsVisitAsync(practitioner, customer: customer);
        var visit = await practitioner.OpensVisitAsync(appointment);
        await practitioner.RecordsPersonAsync(visit, Steps.IdentityCode());
        using var program = await ClientAsync();
        (await ReadAsync(program, $"Patient/{customer}")).ShouldContain("457771234", customMessage: "the test must be able to see a contact at all");

        await practitioner.GetAsync(visit + "/person");
        await practitioner.SendAsync(practitioner.Form("Input.NonDisclosure").Set("Input.NonDisclosure", "true").Set("Input.HomeMunicipality", "091"));
        var note = await practitioner.SignsNoteAsync(visit);

        var leaks = new List<string>();
        var pages = new[]
        {
            "/customers?term=Suojattu", $"/customers?term={Uri.EscapeDataString("045 777 1234")}", $"/customers/{customer}", $"/customers/{customer}/edit",
            $"/practice/appointment/{appointment}", $"/practice/add?customer={customer}", "/practice/day", "/practice/attention", visit, visit + "/person", $"/practice/signed/{note}",
        };
        foreach (var caller in new[] { practitioner, receptionist })
        {
            foreach (var page in pages)
            {
                await caller.GetAsync(page);
                leaks.AddRange(Secrets.Where(secret => caller.Text.Contains(secret, StringComparison.OrdinalIgnoreCase) && !page.Contains("term=", StringComparison.Ordinal)
                    || caller.Main.Contains(secret, StringComparison.OrdinalIgnoreCase)).Select(secret => $"{page}: {secret}"));
            }
        }

        foreach (var search in new[]
        {
            $"Patient/{customer}", $"Patient/{customer}/_history", $"Patient/{customer}/_history/1", $"Patient?_id={customer}&_revinclude=*", "Patient?family=Suojattu",
            $"Patient/{customer}/$everything", $"Appointment?patient={customer}&_include=*", $"Encounter?patient={customer}&_include=*", $"AuditEvent?patient=Patient/{customer}",
        })
        {
            var answer = await ReadAsync(program, search);
            leaks.AddRange(Secrets.Where(secret => answer.Contains(secret, StringComparison.OrdinalIgnoreCase)).Select(secret => $"{search}: {secret}"));
        }

        leaks.ShouldBeEmpty();
        (await ReadAsync(program, $"Patient/{customer}")).ShouldContain("TURVAKIELTO");
        (await ReadAsync(program, $"Patient/{customer}/_history/1")).ShouldContain("Suojattu", customMessage: "a former version keeps all else");
        (await DocumentsAsync(note)).ShouldAllBe(document => !document.Contains("patientHomeMunicipality", StringComparison.Ordinal));

        // On purpose, and logged.
        await receptionist.GetAsync($"/customers/{customer}");
        await receptionist.SendAsync(receptionist.Form("Contacts"));
        receptionist.Main.ShouldContain("045 777 1234");
        receptionist.Main.ShouldContain("Piilopolku");
        (await app.ScalarAsync<long>("select count(*) from care.access_leaf where detail = 'contacts under non-disclosure shown' and resource_id = $1", customer.ToString())).ShouldBe(1);
    }

    [Fact]
    public async Task Turvakielto_AFormThatDoesNotShowContacts_KeepsThem_AndALinkedCardIsHiddenToo()
    {
        using var practitioner = await app.PhysiotherapistAsync();
        var customer = await practitioner.CreatesCardAsync("Kätketty");
        var visit = await practitioner.OpensVisitAsync(await app.AddsVisitAsync(practitioner, customer: customer));
        await practitioner.RecordsPersonAsync(visit, Steps.IdentityCode());
        await practitioner.GetAsync(visit + "/person");
        await practitioner.SendAsync(practitioner.Form("Input.NonDisclosure").Set("Input.NonDisclosure", "true"));

        await practitioner.GetAsync($"/customers/{customer}/edit");
        await practitioner.SendAsync(practitioner.Form("Input.Phone").Set("Input.GivenNames", "Uusi"));
        using var program = await ClientAsync();
        var patient = JsonNode.Parse(await ReadAsync(program, $"Patient/{customer}"))!;
        using (var put = await program.PutAsync($"Patient/{customer}", new StringContent(patient.ToJsonString(), Encoding.UTF8, "application/fhir+json")))
        {
            put.StatusCode.ShouldBe(HttpStatusCode.OK, await put.Content.ReadAsStringAsync());
        }

        await practitioner.GetAsync($"/customers/{customer}");
        await practitioner.SendAsync(practitioner.Form("Contacts"));
        practitioner.Main.ShouldContain("Uusi");
        practitioner.Main.ShouldContain("045 777 1234");
        practitioner.Main.ShouldContain("piilossa@example.fi");

        var other = await practitioner.CreatesCardAsync("Kätketty");
        await practitioner.GetAsync($"/customers/{other}");
        await practitioner.PostAsync($"/customers/{other}?handler=Link", [new("to", customer.ToString())]);
        practitioner.Main.ShouldNotContain("045 777 1234");
        (await ReadAsync(program, $"Patient/{other}/_history")).ShouldNotContain("457771234");
    }

    private async Task<HttpClient> ClientAsync()
    {
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Become(Guid.CreateVersion7(), "Testi", UserRole.Administrator);
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var issued = await IssueToken.HandleAsync(
            work, scope.ServiceProvider.GetRequiredService<AccessLog>(), TimeProvider.System,
            new IssueToken.Request { Name = "Ohjelma", Scopes = ["system/*.cruds", "system/AuditEvent.rs"] }, default);
        await work.CommitAsync();
        return new HttpClient { BaseAddress = new Uri(app.Address, "/fhir/"), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", issued.Token) } };
    }

    private static async Task<string> ReadAsync(HttpClient program, string path)
    {
        using var answer = await program.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
    }

    private async Task<List<string>> DocumentsAsync(Guid note)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<UnitOfWork>().QueryAsync(
            "select id, body from kanta.document where note_id = $1 or service_event_id = (select service_event_id from care.note where id = $1)",
            r => (Id: r.GetGuid(0), Body: r.GetFieldValue<byte[]>(1)), default, note);
        rows.Count.ShouldBe(2);
        var documents = new List<string>();
        foreach (var (id, body) in rows)
        {
            documents.Add(Encoding.UTF8.GetString((await scope.ServiceProvider.GetRequiredService<FieldCipher>().DecryptAsync(new FieldPlace("kanta.document.body", id.ToString("N")), body))!));
        }

        return documents;
    }
}
