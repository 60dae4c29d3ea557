using System.Text;
using CareRecords.Access;
using CareRecords.Database;
using CareRecords.Terminology;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace CareRecords.Tests.Terminology;

public class ImportCodesTests(CareDatabase database)
{
    private static int next = 100;
    private readonly string oid = $"1.2.246.10.99999999.5.{Interlocked.Increment(ref next)}";

    private async Task<CodeImport> Import(string text, string language = "fi")
    {
        await using var scope = database.Services.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
        var user = scope.ServiceProvider.GetRequiredService<CurrentUser>();
        user.Become(null, "test", UserRole.System);
        var import = await ImportCodes.HandleAsync(work, user, scope.ServiceProvider.GetRequiredService<AccessLog>(), new ImportCodes.Request
        {
            Oid = oid,
            Name = "Testi",
            Language = language,
            Source = "testi.csv",
            Codes = CodeFile.Read(Encoding.UTF8.GetBytes("CodeId;ShortName;EndDate\n" + text)),
        }, CancellationToken.None);
        await work.CommitAsync();
        return import;
    }

    [Fact]
    public async Task Import_Again_ReplacesTheSetAndTablesSeeItAtOnceAfterForget()
    {
        (await Import("1;yksi;\n2;kaksi;2026-01-31\n")).ShouldBe(new CodeImport(oid, "Testi", 2, 2, 0, 0));
        (await Import("1;yksi;\n3;kolme;\n2;kakkonen;2026-01-31\n")).ShouldBe(new CodeImport(oid, "Testi", 3, 1, 1, 0));
        (await Import("1;yksi;\n2;kakkonen;2026-01-31\n")).ShouldBe(new CodeImport(oid, "Testi", 2, 0, 0, 1));
        (await Import("1;ett;\n9;nio;\n", "sv")).ShouldBe(new CodeImport(oid, "Testi", 2, 0, 1, 0));

        var tables = database.Services.GetRequiredService<CodeTables>();
        tables.Forget();
        var now = await tables.GetAsync();
        now.Find(oid, "1", new DateOnly(2026, 3, 2))!.Sv.ShouldBe("ett");
        now.Find(oid, "2", new DateOnly(2026, 3, 2)).ShouldBeNull();
        now.Find(oid, "2", new DateOnly(2026, 1, 31))!.Fi.ShouldBe("kakkonen");
        now.Find(oid, "9", new DateOnly(2026, 3, 2)).ShouldBeNull();
    }
}
