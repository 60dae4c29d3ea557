using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Booking.Messages;

/// <summary>Keeps mails as JSON files in a folder, for the page that shows them. The default where no SMTP server is named.</summary>
public sealed class PickupMailer(IOptions<MailOptions> options, IHostEnvironment host, TimeProvider clock) : IMailer
{
    private const string Extension = ".mail.json";
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    private long _lastTick;

    /// <summary>The folder as an absolute path.</summary>
    public string Folder => Path.GetFullPath(options.Value.PickupFolder, host.ContentRootPath);

    public async Task SendAsync(Mail mail, CancellationToken cancel)
    {
        Directory.CreateDirectory(Folder);
        var now = clock.GetUtcNow();
        var name = string.Create(CultureInfo.InvariantCulture, $"{new DateTime(LaterThanTheLast(now.UtcTicks)):yyyyMMdd'T'HHmmssfffffff}-{Guid.CreateVersion7(now):N}");
        var path = Path.Combine(Folder, name);
        // A reader never sees a half-written mail: it looks for the final name only.
        await File.WriteAllBytesAsync(path + ".writing", JsonSerializer.SerializeToUtf8Bytes(new KeptMail(name, now, mail), Readable), cancel);
        File.Move(path + ".writing", path + Extension);
    }

    /// <summary>The newest mails first.</summary>
    public IReadOnlyList<KeptMail> Newest(int count) =>
        !Directory.Exists(Folder)
            ? []
            : [.. Directory.EnumerateFiles(Folder, "*" + Extension).OrderDescending(StringComparer.Ordinal).Take(count).Select(Read)];

    /// <summary>One mail, or null.</summary>
    public KeptMail? Find(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && Path.Combine(Folder, name + Extension) is var path && File.Exists(path)
            ? Read(path)
            : null;

    // Names stand in the order of sending, whatever the clock's step.
    private long LaterThanTheLast(long tick)
    {
        for (var last = Volatile.Read(ref _lastTick); ; last = Volatile.Read(ref _lastTick))
        {
            var mine = Math.Max(tick, last + 1);
            if (Interlocked.CompareExchange(ref _lastTick, mine, last) == last)
            {
                return mine;
            }
        }
    }

    private static KeptMail Read(string path) =>
        JsonSerializer.Deserialize<KeptMail>(File.ReadAllBytes(path)) ?? throw new InvalidDataException($"{path} holds no mail.");
}

/// <summary>A mail in the pickup folder.</summary>
public sealed record KeptMail(string Name, DateTimeOffset At, Mail Mail);
