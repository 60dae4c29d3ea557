using System.Text;
using Fhir.FhirPath;
using Fhir.Validation;

namespace Booking.Host.Verbs;

/// <summary>The verbs that need nothing but the FHIR library. They are tried before anything else is touched: `care validate` has to answer in a tenth of a second.</summary>
internal static class LibraryVerbs
{
    public const string Help = """
          validate [--profile URL] [--package DIR]… FILE…
              Checks resources, Bundles or NDJSON (JSON or XML, '-' for standard input) against R4, the Finnish base and their profiles.
          fhirpath [--json] EXPRESSION FILE | fhirpath --batch
              Evaluates FHIRPath on a resource, or NDJSON lines from standard input.
        """;

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The exit code, or null where the verb is another.</summary>
    public static int? Run(string[] args)
    {
        if (args is not ["validate" or "fhirpath", ..])
        {
            return null;
        }

        // Whatever the terminal's encoding says: FHIR is UTF-8.
        using var output = new StreamWriter(Console.OpenStandardOutput(), _utf8);
        using var errors = new StreamWriter(Console.OpenStandardError(), _utf8);
        try
        {
            if (args[0] == "validate")
            {
                return new ValidateCommand(Open, Package).Run(args[1..], output, errors);
            }

            using var input = new StreamReader(Console.OpenStandardInput(), _utf8);
            return new FhirPathCommand(File.ReadAllBytes).Run(args[1..], input, output, errors);
        }
        finally
        {
            output.Flush();
            errors.Flush();
        }
    }

    private static Stream Open(string path) => path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);

    // As published (a folder "package" with the resources, examples in a folder of their own), or the resources right in the folder.
    private static IEnumerable<ReadOnlyMemory<byte>> Package(string folder)
    {
        var inner = Path.Combine(folder, "package");
        foreach (var file in Directory.EnumerateFiles(Directory.Exists(inner) ? inner : folder, "*.json").Order(StringComparer.Ordinal))
        {
            yield return File.ReadAllBytes(file);
        }
    }
}
