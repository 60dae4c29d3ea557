using System.Text;
using Microsoft.AspNetCore.Identity;

namespace Booking.SignIn;

/// <summary>
/// Refuses what guessers try first (NIST SP 800-63B-4, section 3.1.1.2): common words with digits or signs around them, repetitions, keyboard rows and
/// counting, and the person's or the product's own names. There are no composition rules.
/// </summary>
internal sealed class PasswordRules : IPasswordValidator<Account>
{
    public const int Shortest = 12, Longest = 256;

    const string Sequences = "abcdefghijklmnopqrstuvwxyzåäö qwertyuiopåasdfghjklöäzxcvbnm qazwsxedcrfvtgbyhnujmikolp 01234567890123456789 98765432109876543210 1qaz2wsx3edc4rfv5tgb6yhn7ujm";

    static readonly HashSet<string> Common = Read();

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) =>
        Task.FromResult(Fault(password ?? "", user.Email, user.PersonName) is { } fault
            ? IdentityResult.Failed(new IdentityError { Code = fault, Description = fault })
            : IdentityResult.Success);

    /// <summary>The key of the text that says what is wrong, or null.</summary>
    public static string? Fault(string password, params string?[] ownNames)
    {
        if (password.EnumerateRunes().Count() < Shortest)
        {
            return "Account.PasswordTooShort";
        }
        if (password.Length > Longest)
        {
            return "Account.PasswordTooLong";
        }
        return IsGuessable(password, ownNames) ? "Account.PasswordCommon" : null;
    }

    internal static bool IsGuessable(string password, params string?[] ownNames)
    {
        var text = password.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        if (text.Distinct().Count() < 5 || IsRepetition(text))
        {
            return true;
        }
        foreach (var name in ownNames.SelectMany(n => (n ?? "").ToLowerInvariant().Split('@', '.', ' ', '-', '_', '+')).Where(n => n.Length > 3))
        {
            text = text.Replace(name, "", StringComparison.Ordinal);
        }
        var letters = Letters(text);
        var plain = Letters(Unleet(Trimmed(text)));
        return letters.Length + text.Count(char.IsAsciiDigit) / 2 < 5 || IsWords(letters) || IsWords(plain) || IsSequence(text);
    }

    // 2 of 3 characters on keyboard rows or in counting order.
    static bool IsSequence(string text)
    {
        var inSequence = 0;
        for (var i = 0; i + 3 <= text.Length; i++)
        {
            var piece = text.Substring(i, 3);
            if (Sequences.Contains(piece, StringComparison.Ordinal) || Sequences.Contains(new string([.. piece.Reverse()]), StringComparison.Ordinal))
            {
                inSequence++;
            }
        }
        return inSequence * 3 >= (text.Length - 2) * 2;
    }

    static bool IsRepetition(string text) =>
        Enumerable.Range(1, Math.Min(6, text.Length / 2)).Any(unit => text.Select((c, i) => c == text[i % unit]).All(same => same));

    // One or two common words and nothing else.
    static bool IsWords(string letters) => Common.Contains(letters)
        || Enumerable.Range(3, Math.Max(0, letters.Length - 5)).Any(i => Common.Contains(letters[..i]) && Common.Contains(letters[i..]));

    // A year or an exclamation mark at the end is no letter in disguise.
    static string Trimmed(string text) => text.Trim([.. text.Where(c => !char.IsLetter(c))]);

    static string Letters(string text) => new([.. text.Where(char.IsLetter)]);

    static string Unleet(string text) => new([.. text.Select(c => c switch { '0' => 'o', '1' => 'i', '3' => 'e', '4' => 'a', '@' => 'a', '5' => 's', '$' => 's', '7' => 't', _ => c })]);

    static HashSet<string> Read()
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("CommonPasswords.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }
}
