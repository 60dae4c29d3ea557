using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Benchmarks.Kanta;

/// <summary>
/// An archive that takes everything, over mutual TLS, in a process of its own: a constant acknowledgement, but for the id of the message that it answers,
/// after a constant time. `--kanta-sink SERVER.PFX PORT MILLISECONDS`.
/// </summary>
internal sealed class ConstantSink : IDisposable
{
    private const string Child = "--kanta-sink";
    private static readonly byte[] Before =
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><MCCI_IN000002UV01 ITSVersion=\"XML_1.0\" xmlns=\"urn:hl7-org:v3\"><acknowledgement><typeCode code=\"AA\"/><targetMessage><id root=\""u8.ToArray();
    private static readonly byte[] After = "\"/></targetMessage></acknowledgement></MCCI_IN000002UV01></s:Body></s:Envelope>"u8.ToArray();
    private readonly Process _process;

    private ConstantSink(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<ConstantSink> StartAsync(BenchCertificates certificates, int milliseconds)
    {
        var port = KantaStore.FreePort().ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var argument in new[] { Child, certificates.ServerFile, port, milliseconds.ToString(CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("The sink did not start.");
        return await process.StandardOutput.ReadLineAsync() == "ready"
            ? new ConstantSink(process, new Uri($"https://localhost:{port}/mr"))
            : throw new InvalidOperationException("The sink did not become ready.");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    /// <summary>The child's part; true where this process is the child.</summary>
    public static async Task<bool> RunAsChildAsync(string[] args)
    {
        if (args is not [Child, var certificate, var port, var milliseconds])
        {
            return false;
        }

        var wait = TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(int.Parse(port, CultureInfo.InvariantCulture), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = X509CertificateLoader.LoadPkcs12FromFile(certificate, null);
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.ClientCertificateValidation = (_, _, _) => true;
            });
        }));
        var app = builder.Build();
        app.Run(http => AnswerAsync(http, wait));
        await app.StartAsync();
        Console.WriteLine("ready");
        // Ends with its parent.
        await Console.In.ReadToEndAsync();
        return true;
    }

    private static async Task AnswerAsync(HttpContext http, TimeSpan wait)
    {
        byte[]? id = null;
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync();
            // The message's own id is the first in it, within the first part of any size.
            id ??= Id(read.Buffer.FirstSpan);
            http.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait);
        }

        http.Response.ContentType = "text/xml; charset=utf-8";
        http.Response.ContentLength = Before.Length + id!.Length + After.Length;
        http.Response.BodyWriter.Write(Before);
        http.Response.BodyWriter.Write(id);
        http.Response.BodyWriter.Write(After);
        await http.Response.BodyWriter.FlushAsync();
    }

    private static byte[] Id(ReadOnlySpan<byte> head)
    {
        var opening = "<id root=\""u8;
        var from = head[(head.IndexOf(opening) + opening.Length)..];
        return from[..from.IndexOf((byte)'"')].ToArray();
    }
}
