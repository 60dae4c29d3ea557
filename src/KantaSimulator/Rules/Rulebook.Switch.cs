namespace KantaSimulator.Rules;

// Switches: refusals that somebody asked for.
internal static partial class Rulebook
{
    public static readonly Rule RefusedBySwitch = Error("SIM-F01", Layer.Content,
        "Refused by a switch of the simulator", "Hylätty simulaattorin kytkimellä");
}
