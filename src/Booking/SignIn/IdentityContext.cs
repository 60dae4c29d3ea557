using System.Text.RegularExpressions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Booking.SignIn;

/// <summary>
/// Accounts and passkeys as ASP.NET Core Identity stores them, in schema identity with snake_case names. Address, name, phone and the TOTP secret are
/// encrypted when a protection provider is given; without one (migrations) only the shape is known.
/// </summary>
public sealed partial class IdentityContext(DbContextOptions<IdentityContext> options, IDataProtectionProvider? protection = null)
    : IdentityUserContext<Account, Guid>(options)
{
    public const string Schema = "identity";

    internal readonly IDataProtector? Protector = protection?.CreateProtector("identity.account");

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.ReplaceService<IModelCacheKeyFactory, KeyedByProtector>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.HasDefaultSchema(Schema);
        builder.Entity<Account>().ToTable("account").Property(a => a.CreatedAt).HasColumnType("timestamptz");
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("account_claim");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("account_login");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("account_token");
        // The framework maps passkeys only where it finds its options, which migrations do not have.
        builder.Entity<IdentityUserPasskey<Guid>>(passkey =>
        {
            passkey.ToTable("account_passkey").HasKey(p => p.CredentialId);
            passkey.HasOne<Account>().WithMany().HasForeignKey(p => p.UserId);
            passkey.OwnsOne(p => p.Data).ToJson("data");
        });
        foreach (var property in builder.Model.GetEntityTypes().Where(e => !e.IsMappedToJson()).SelectMany(e => e.GetProperties()))
        {
            property.SetColumnName(SnakeCase(property.Name));
        }
        if (Protector is { } protector)
        {
            var sealing = new ValueConverter<string, string>(v => protector.Protect(v), v => protector.Unprotect(v));
            foreach (var name in new[] { nameof(Account.Email), nameof(Account.PersonName), nameof(Account.PhoneNumber), nameof(Account.TotpKey) })
            {
                IMutableProperty property = builder.Entity<Account>().Property<string>(name).Metadata;
                property.SetValueConverter(sealing);
                property.SetMaxLength(null);
            }
        }
    }

    internal static string SnakeCase(string name) => WordStart().Replace(name, "_$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]", RegexOptions.None, 1000)]
    private static partial Regex WordStart();

    /// <summary>The converters hold their protector: a model belongs to it.</summary>
    sealed class KeyedByProtector : IModelCacheKeyFactory
    {
        public object Create(DbContext context, bool designTime) => (context.GetType(), (context as IdentityContext)?.Protector, designTime);
    }
}
