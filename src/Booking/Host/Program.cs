using Booking.Host.Verbs;

// Verbs that need no database or web server (validate, fhirpath, help) are dispatched before any host is built: an empty Razor host alone
// costs a quarter of a second.
return LibraryVerbs.Run(args) ?? await CommandLine.RunAsync(args);
