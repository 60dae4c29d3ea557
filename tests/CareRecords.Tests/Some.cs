using CareRecords.Access;
using Microsoft.Extensions.DependencyInjection;

namespace CareRecords.Tests;

internal static class Some
{
    internal static string Id() => Guid.CreateVersion7().ToString();

    internal static AccessLog Log(this AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<AccessLog>();
}
