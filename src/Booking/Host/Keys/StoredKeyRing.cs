using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace Booking.Host.Keys;

/// <summary>The data-protection key ring in table host.data_protection_key, shared by all instances; its secrets are encrypted to a certificate.</summary>
internal sealed class StoredKeyRing(NpgsqlDataSource dataSource) : IXmlRepository
{
    private static readonly XmlReaderSettings _reading = new() { DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = 100_000 };

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = dataSource.CreateCommand("select content from host.data_protection_key order by created_at");
        using var rows = command.ExecuteReader();
        var elements = new List<XElement>();
        while (rows.Read())
        {
            using var text = new StringReader(rows.GetString(0));
            using var xml = XmlReader.Create(text, _reading);
            elements.Add(XElement.Load(xml));
        }

        return elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = dataSource.CreateCommand("insert into host.data_protection_key (name, content) values ($1, $2)");
        command.Parameters.Add(new NpgsqlParameter { Value = friendlyName });
        command.Parameters.Add(new NpgsqlParameter { Value = element.ToString(SaveOptions.DisableFormatting) });
        command.ExecuteNonQuery();
    }
}
