"""What is said about the pictures: good, bad, named defects, lookalikes, and sentences without a condition."""

from ..render.families import NAMES

TEMPLATES = ["{}", "{}", "a photo of {}", "a photo of {}", "a close-up photo of {}", "a cropped photo of {}",
             "an inspection picture of {}", "a photo of {} for visual inspection", "a bright photo of {}",
             "a dark photo of {}", "a blurry photo of {}", "a jpeg corrupted photo of {}", "a picture of {}",
             "there is {}", "this is {}"]
GOOD = ["a flawless {}", "a pristine {}", "a perfect {}", "an undamaged {}", "an intact {}", "a good {}", "a clean {}",
        "a {} without defect", "a {} without flaw", "a {} without damage", "a normal {}", "a brand new {}",
        "an unblemished {}", "a {} in perfect condition", "a {} that passes quality control", "a faultless {}",
        "a spotless {}", "a smooth unmarked {}", "a complete {}", "a well made {}", "a {} with no defects", "a sound {}"]
BAD = ["a damaged {}", "a broken {}", "a defective {}", "an imperfect {}", "a {} with a defect", "a {} with flaw",
       "a {} with damage", "an abnormal {}", "a {} with an anomaly", "a {} in bad condition", "a faulty {}",
       "a {} that fails quality control", "a {} with an imperfection", "a blemished {}", "a {} with defect",
       "a flawed {}", "a bad {}", "an unacceptable {}", "a {} to be rejected", "a ruined {}"]
# defect -> (noun phrases, adjectives); wider than what the renderer draws, so that synonyms land near.
KINDS = {
    "scratch": (["a scratch", "scratches", "a thin scratch", "a scrape", "scuff marks", "score marks", "an abrasion"],
                ["scratched", "scuffed", "scraped"]),
    "crack": (["a crack", "cracks", "a fracture", "a fissure", "a hairline crack"],
              ["cracked", "fractured", "shattered", "split"]),
    "dent": (["a dent", "a bump", "an impression", "a ding", "a bulge"], ["dented", "bumpy", "pressed in"]),
    "stain": (["a stain", "dirt", "residue", "an oil spot", "a smear", "glue on it", "ink on it", "liquid on it"],
              ["stained", "dirty", "smeared", "soiled", "greasy"]),
    "foreign": (["a foreign object", "contamination", "debris on it", "a fibre on it", "crumbs on it",
                 "a foreign particle", "a loose thread", "metal contamination"], ["contaminated"]),
    "chip": (["a broken edge", "a chip", "a chipped rim", "a broken corner", "a piece broken off"],
             ["chipped", "broken off"]),
    "missing": (["a missing part", "a missing piece", "a missing component", "parts missing", "an absent piece"],
                ["incomplete", "partial"]),
    "hole": (["a hole", "a puncture", "a blowhole", "a pinhole", "a cavity"], ["punctured", "perforated", "pierced"]),
    "pitting": (["pitting", "pits", "corrosion", "porosity", "rust", "oxidation"],
                ["pitted", "corroded", "rusty", "porous", "rusted"]),
    "discoloured": (["discoloration", "a discolored patch", "a burn mark", "a dark spot", "a faded area", "mould",
                     "rot", "a bruise"], ["discolored", "burnt", "faded", "mouldy", "rotten", "bruised"]),
    "bent": (["a bent part", "a deformation", "a warped area", "a bend"],
             ["bent", "deformed", "warped", "twisted", "crooked"]),
    "burr": (["a burr", "excess material", "a rough edge", "flash on the edge", "a protrusion"], ["rough edged", "burred"]),
    "misplaced": (["a misplaced piece", "an irregular pattern", "a flaw in the pattern", "a shifted part",
                   "a misprint", "a wrong part"], ["irregular", "misaligned", "misplaced", "misprinted"]),
    "cut": (["a cut", "a slit", "a tear", "a gash"], ["cut", "torn", "ripped", "frayed"]),
}
# Conditions that no renderer draws: the gate must open for them, and they count as bad.
OTHER_DEFECTS = """delaminated|a delamination|leaking|a leak|unsealed|a broken seal|an open seal|loose|wrinkled|a wrinkle|
creased|a fold|melted|overheated|overcooked|undercooked|tarnished|swollen|underfilled|overfilled|a solder bridge|a cold
solder joint|a short circuit|an open circuit|lifted pins|a tombstoned component|a wrong label|a peeling label|peeling
paint|flaking paint|bubbles|a bubble|air pockets|an inclusion|a void|shrinkage|a cold shut|a sink mark|a weld line|weld
spatter|undercut|misrun|burnt edges|uneven colour|a colour error|a loose screw|a stripped thread|a missing screw|a dead
pixel|worn|wear|erosion|a blister|crazing|a nick|a gouge|a knot|a run in the paint|orange peel|contaminated food|mould
growth|spoiled|insect damage|wilted|squashed|crushed|collapsed|clogged|jammed|unevenly cut|a bad print|smudged print|
blurred print|a broken wire|a bent pin|an exposed wire|a frayed edge|a pulled thread|a broken stitch""".replace("\n", " ").split("|")
OTHER_DEFECTS = [d.strip() for d in OTHER_DEFECTS]
ALIKE = {
    "dust": (["dust", "dust on it", "some lint", "harmless dust"], ["dusty"]),
    "glare": (["glare", "a reflection", "a bright reflection", "a highlight"], ["shiny", "glaring"]),
    "droplets": (["a water drop", "water droplets", "condensation"], ["wet"]),
    "shadow": (["a shadow", "a cast shadow", "uneven light"], ["shaded"]),
}
CLASSES = [*KINDS, *ALIKE]
# Defects that are hard to tell apart: the words of one are not wrong for another of its row.
NEIGHBOURS = [{"scratch", "crack", "cut"}, {"chip", "missing", "bent", "burr", "cut", "crack"},
              {"stain", "discoloured", "foreign"}, {"hole", "pitting", "dent", "chip"},
              {"misplaced", "missing", "foreign", "bent"}]
NEUTRAL = ["a red {}", "a blue {}", "a large {}", "a small {}", "a {} on a table", "a {} at night", "a {} seen from above",
           "an expensive {}", "a {} made in France", "two {}", "a {}", "the {}", "a black {}", "a white {}", "my {}",
           "a photo of a {} on a conveyor belt", "a {} next to another one", "a heavy {}", "a green {}"]
# Things of this world beside those that are drawn: names that users may use.
OTHER_NAMES = """bearing hinge valve piston engine door keyboard mouse camera lamp chair table shoe bag wallet belt shirt
glove hat helmet ball book sticker can tin mug spoon fork knife pan kettle egg nut rice chocolate bread cheese meat fish leaf
flower tree roof bridge car tire bicycle train wing blade chip sensor connector battery cell module sheet foil film paper
rubber foam hose wire rope chain key lock tool hammer saw part component product item object sample workpiece transistor
hazelnut grid candle macaroni cashew resistor capacitor inductor heatsink weld solder joint casting forging coating paint
windshield bumper pallet crate barrel drum ampoule syringe bandage mask lens prism mirror watch ring jewel coin banknote
pepper onion banana pear strawberry cherry grape bean seed grain pizza cake pie sausage yarn thread curtain towel sock
jeans jacket tent sail net basket vase pot brick pavement tunnel rail sleeper insulator turbine propeller gearbox crankshaft
camshaft flywheel clutch cylinder gasket flange elbow nozzle pump motor fan filter cartridge toner pen pencil brush ruler
guitar violin piano trumpet drumstick skateboard surfboard ski racket golf-club bowl cup glass window tile carpet sofa
mattress pillow surface housing cover lid casing frame panel board plate bar tube profile""".split()
ALL_NAMES = [*NAMES, *OTHER_NAMES]


def wrong(kinds):
    """The kinds of defects that nobody would call any of these; where all are near, just the others."""
    near = set(kinds).union(*(row for row in NEIGHBOURS if row & set(kinds)))
    return [k for k in KINDS if k not in near] or [k for k in KINDS if k not in kinds]


def article(text):
    """Make "a" and "an" fit the word that follows."""
    words = text.split(" ")
    for i, w in enumerate(words[:-1]):
        if w in ("a", "an"):
            words[i] = "an" if words[i + 1][:1].lower() in "aeiou" else "a"
    return " ".join(words)


def good(name):
    return [article(p.format(name)) for p in GOOD]


def bad(name):
    return [article(p.format(name)) for p in BAD]


def named(name, kind):
    nouns, adjectives = (KINDS | ALIKE)[kind]
    return [article(f"a {name} with {n}") for n in nouns] + [article(f"a {a} {name}") for a in adjectives]


def other_bad(name, condition):
    """A sentence of one of OTHER_DEFECTS."""
    noun = condition.startswith(("a ", "an ")) or condition.endswith(("paint", "print", "s", "wear", "spatter", "growth"))
    return article(f"a {name} with {condition}" if noun else f"a {condition} {name}")


def neutral(name):
    return [article(p.format(name)) for p in NEUTRAL]
