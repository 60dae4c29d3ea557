using System.Text;

namespace Fhir.Definitions;

/// <summary>Finds properties by their JSON name without making a string of it: open addressing over the UTF-8 bytes.</summary>
internal sealed class NameTable
{
    private readonly Slot[] _slots;
    private readonly int _mask;

    public NameTable(IReadOnlyList<PropertyDefinition> properties)
    {
        var count = 0;
        foreach (var property in properties)
        {
            count += property.JsonNames.Count;
        }

        var size = 4;
        while (size < count * 2)
        {
            size *= 2;
        }

        // Plain loops here and wherever definitions are read first: what the framework's generic methods do with our structures is compiled when the program starts,
        // and is most of what the first validation waits for.
        _mask = size - 1;
        _slots = new Slot[size];
        foreach (var property in properties)
        {
            for (var i = 0; i < property.JsonNames.Count; i++)
            {
                Add(new Slot(Encoding.UTF8.GetBytes(property.JsonNames[i]), property, i));
            }
        }
    }

    private void Add(Slot name)
    {
        var at = Hash(name.Name) & _mask;
        while (_slots[at].Name is not null)
        {
            at = (at + 1) & _mask;
        }

        _slots[at] = name;
    }

    public bool TryFind(ReadOnlySpan<byte> name, out PropertyDefinition? property, out int index)
    {
        for (var at = Hash(name) & _mask; _slots[at].Name is { } candidate; at = (at + 1) & _mask)
        {
            if (name.SequenceEqual(candidate))
            {
                property = _slots[at].Property;
                index = _slots[at].Index;
                return true;
            }
        }

        property = null;
        index = 0;
        return false;
    }

    // Names of one type differ in length, ends or middle; a keyed hash would cost more than the rare collision.
    private static int Hash(ReadOnlySpan<byte> name) =>
        name.IsEmpty ? 0 : (name.Length * 31) ^ (name[0] * 7) ^ (name[^1] * 131) ^ (name[name.Length / 2] * 1031) ^ (name[name.Length / 4] * 517);

    private readonly record struct Slot(byte[] Name, PropertyDefinition Property, int Index);
}
