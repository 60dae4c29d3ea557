namespace CareRecords.Search;

/// <summary>Narrows a search to records that refer to one record by one of these reference parameters.</summary>
internal sealed record CompartmentScope(int[] Parameters, string Type, string Id);
