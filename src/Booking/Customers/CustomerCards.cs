using System.Text.Json;
using Booking.Messages;
using CareRecords.Protection;
using Microsoft.EntityFrameworkCore;

namespace Booking.Customers;

/// <summary>What a customer card says, in the clear.</summary>
internal sealed record CustomerDetails
{
    public required string FamilyName { get; init; }

    /// <summary>All given names, separated by spaces.</summary>
    public required string GivenNames { get; init; }

    /// <summary>The given name in daily use, when it is not the first.</summary>
    public string? CallName { get; init; }

    public string? Email { get; init; }

    public string? Phone { get; init; }

    public string? Address { get; init; }

    /// <summary>The practice's own note; never of health.</summary>
    public string? Note { get; init; }

    /// <summary>fi, sv or en.</summary>
    public required string Language { get; init; }

    public string ShownName => $"{CallName ?? GivenNames.Split(' ')[0]} {FamilyName}".Trim();
}

/// <summary>A card with its clear details; details are null when the person's key was destroyed.</summary>
internal sealed record CustomerCard(Customer Row, CustomerDetails? Details)
{
    public string PatientId => Row.Id.ToString();
}

/// <summary>A card that is encrypted but not yet stored.</summary>
internal sealed record NewCard(Customer Customer, IReadOnlyList<CustomerLookup> Lookups);

/// <summary>Writes and reads customer cards; what identifies a person is encrypted with her key and found by keyed hashes.</summary>
internal sealed class CustomerCards(FieldCipher cipher, MasterKeys keys)
{
    private sealed record NameJson(string Family, string Given, string? Call);

    /// <summary>
    /// Encrypts a new card. To be called before the transaction is opened: the person's key is made on another connection, and a use case that waits
    /// for a second connection while it holds a first can starve the pool.
    /// </summary>
    public async Task<NewCard> PrepareAsync(
        Guid practiceId, CustomerDetails details, CustomerSource source, DateTime now, CancellationToken cancel, Guid? wantedId = null)
    {
        var id = wantedId ?? Guid.CreateVersion7();
        var customer = new Customer
        {
            Id = id,
            PracticeId = practiceId,
            Name = await NameAsync(id, details, cancel),
            Language = details.Language,
            Source = source,
            CreatedAt = now,
            ChangedAt = now,
        };
        await FillAsync(customer, details, cancel);
        return new NewCard(customer, [.. Lookups(id, details)]);
    }

    /// <summary>Adds a prepared card. It never touches another card; one with the same address or phone marks it as a possible duplicate.</summary>
    public static async Task AddAsync(BookingContext db, NewCard card, CancellationToken cancel)
    {
        var contacts = card.Lookups.Where(l => l.Kind != LookupKind.Name).Select(l => l.Hash).ToList();
        card.Customer.PossibleDuplicate =
            contacts.Count > 0 && await db.Lookups.AnyAsync(l => l.Kind != LookupKind.Name && contacts.Contains(l.Hash), cancel);
        db.Customers.Add(card.Customer);
        db.Lookups.AddRange(card.Lookups);
    }

    /// <summary>Changes a card by staff or by its owner; the caller saves.</summary>
    public async Task UpdateAsync(BookingContext db, Customer customer, CustomerDetails details, DateTime now, CancellationToken cancel)
    {
        customer.Name = await NameAsync(customer.Id, details, cancel);
        customer.Language = details.Language;
        customer.ChangedAt = now;
        customer.Version++;
        await FillAsync(customer, details, cancel);
        var wanted = Lookups(customer.Id, details).ToList();
        var present = await db.Lookups.Where(l => l.CustomerId == customer.Id).ToListAsync(cancel);
        db.Lookups.RemoveRange(present.Where(p => !wanted.Any(w => Same(p, w))));
        db.Lookups.AddRange(wanted.Where(w => !present.Any(p => Same(p, w))));
    }

    /// <summary>The card as it may be shown: without contacts under turvakielto.</summary>
    public async Task<CustomerCard> ReadAsync(Customer row, CancellationToken cancel)
    {
        var card = await ReadWithContactsAsync(row, cancel);
        return row.NonDisclosure && card.Details is { } details ? card with { Details = details with { Email = null, Phone = null, Address = null } } : card;
    }

    /// <summary>With contacts whatever their owner's turvakielto: to write to herself, to keep what is not changed, or shown on purpose and logged.</summary>
    public async Task<CustomerCard> ReadWithContactsAsync(Customer row, CancellationToken cancel)
    {
        if (await cipher.DecryptTextAsync(Place("name", row.Id), row.Name, cancel) is not { } json)
        {
            return new CustomerCard(row, null);
        }

        var name = JsonSerializer.Deserialize<NameJson>(json)!;
        return new CustomerCard(row, new CustomerDetails
        {
            FamilyName = name.Family,
            GivenNames = name.Given,
            CallName = name.Call,
            Email = await cipher.DecryptTextAsync(Place("email", row.Id), row.Email, cancel),
            Phone = await cipher.DecryptTextAsync(Place("phone", row.Id), row.Phone, cancel),
            Address = await cipher.DecryptTextAsync(Place("address", row.Id), row.Address, cancel),
            Note = await cipher.DecryptTextAsync(Place("note", row.Id), row.Note, cancel),
            Language = row.Language,
        });
    }

    /// <summary>
    /// Cards that match: a customer number, an e-mail address, a phone number, or the beginnings of names. The newest first, at most
    /// <paramref name="limit"/>.
    /// </summary>
    public async Task<List<CustomerCard>> SearchAsync(BookingContext db, string term, int limit, CancellationToken cancel)
    {
        var cards = new List<CustomerCard>();
        var rows = await Matching(db, term.Trim()).AsNoTracking().OrderByDescending(c => c.CreatedAt).Take(limit).ToListAsync(cancel);
        foreach (var row in rows)
        {
            cards.Add(await ReadAsync(row, cancel));
        }

        return cards;
    }

    /// <summary>Ids of cards with this e-mail address.</summary>
    public Task<List<Guid>> WithEmailAsync(BookingContext db, string email, CancellationToken cancel)
    {
        var hash = Hash(LookupKind.Email, SearchKeys.Email(email));
        return db.Lookups.Where(l => l.Kind == LookupKind.Email && l.Hash == hash).Select(l => l.CustomerId).ToListAsync(cancel);
    }

    private IQueryable<Customer> Matching(BookingContext db, string term)
    {
        if (long.TryParse(term, System.Globalization.NumberStyles.None, null, out var number) && term.Length < 7)
        {
            return db.Customers.Where(c => c.Number == number);
        }

        if (MailAddresses.IsUsable(term))
        {
            return With(db.Customers, LookupKind.Email, SearchKeys.Email(term));
        }

        if (term.Any(char.IsAsciiDigit))
        {
            return SearchKeys.Phone(term) is { } phone ? With(db.Customers, LookupKind.Phone, phone) : db.Customers.Where(c => false);
        }

        var words = SearchKeys.Wanted(term);
        return words.Count == 0
            ? db.Customers.Where(c => false)
            : words.Aggregate(db.Customers.AsQueryable(), (cards, word) => With(cards, LookupKind.Name, word));

        IQueryable<Customer> With(IQueryable<Customer> cards, LookupKind kind, string key)
        {
            var hash = Hash(kind, key);
            return cards.Where(c => db.Lookups.Any(l => l.CustomerId == c.Id && l.Kind == kind && l.Hash == hash));
        }
    }

    private IEnumerable<CustomerLookup> Lookups(Guid id, CustomerDetails details)
    {
        if (details.Email is { } email)
        {
            yield return new CustomerLookup { CustomerId = id, Kind = LookupKind.Email, Hash = Hash(LookupKind.Email, SearchKeys.Email(email)) };
        }

        if (details.Phone is { } number && SearchKeys.Phone(number) is { } phone)
        {
            yield return new CustomerLookup { CustomerId = id, Kind = LookupKind.Phone, Hash = Hash(LookupKind.Phone, phone) };
        }

        foreach (var beginning in SearchKeys.NameBeginnings(details.FamilyName, details.GivenNames, details.CallName ?? ""))
        {
            yield return new CustomerLookup { CustomerId = id, Kind = LookupKind.Name, Hash = Hash(LookupKind.Name, beginning) };
        }
    }

    private async Task FillAsync(Customer customer, CustomerDetails details, CancellationToken cancel)
    {
        var scope = Scope(customer.Id);
        customer.Email = await cipher.EncryptTextAsync(scope, Place("email", customer.Id), details.Email, cancel);
        customer.Phone = await cipher.EncryptTextAsync(scope, Place("phone", customer.Id), details.Phone, cancel);
        customer.Address = await cipher.EncryptTextAsync(scope, Place("address", customer.Id), details.Address, cancel);
        customer.Note = await cipher.EncryptTextAsync(scope, Place("note", customer.Id), details.Note, cancel);
    }

    private async Task<byte[]> NameAsync(Guid id, CustomerDetails details, CancellationToken cancel) => await cipher.EncryptAsync(
        Scope(id), Place("name", id), JsonSerializer.SerializeToUtf8Bytes(new NameJson(details.FamilyName, details.GivenNames, details.CallName)), cancel);

    private byte[] Hash(LookupKind kind, string key) => keys.BlindIndex("customer-" + BookingContext.SnakeCase(kind.ToString()), key);

    private static bool Same(CustomerLookup a, CustomerLookup b) => a.Kind == b.Kind && a.Hash.AsSpan().SequenceEqual(b.Hash);

    internal static KeyScope Scope(Guid customerId) => KeyScope.Patient(customerId.ToString());

    private static FieldPlace Place(string column, Guid id) => new("booking.customer." + column, id.ToString());
}
