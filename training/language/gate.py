"""Sentences for the text head's gate: about other things in templates of inspection, and about rarer conditions.

gate_sentences.py says why.
"""

from . import captions

GOOD = """good|nice|new|typical|ordinary|regular|proper|correct|acceptable|conforming|usable|fresh|ripe|tidy|neat|whole|
healthy|sharp|shiny and clean|straight|closed|sealed|tight|full|dry|uniform|aligned|polished|finished|
working|top quality|fault free|in good shape|in good order|as it should be|to specification|
within tolerance|ready to ship|free of marks|free of scratches|free of cracks|free of dirt|with a clean surface|
with an even surface|with sharp edges|with all its parts|with nothing missing"""
BAD = """worn|worn out|old and worn|open|half open|not closed|unsealed|loose|leaking|squeezed|squashed|gouged|nicked|notched|
grooved|hollow|half full|half empty|underfilled|overripe|unripe|stale|dried out|wilted|overcooked|undercooked|raw|soggy|
crumbled|crumbling|sticky|ugly|strange|anomalous|unusual|not normal|substandard|inferior|unusable|useless|
wrong|not ok|NG|nonconforming|out of tolerance|scrap|waste|tilted|slanted|skewed|rotated|flipped|
upside down|reversed|off centre|out of place|uneven|lopsided|blunt|dull|sagging|stretched|shrunken|swollen|inflated|
deflated|flattened|buckled|kinked|tangled|knotted|unravelled|frayed|threadbare|snagged|pilled|creased|crumpled|folded|
stuck|jammed|blocked|dead|burnt out|scorched|charred|singed|melted|frozen|foggy|milky|blotchy|streaky|spotted|speckled|
patchy|mottled by mould|infested|bitten|eaten by insects|sprouted|with a short shot|
with cold shut|with flash|with sink marks|with flow lines|with a run|with a drip|with a bubble|with a lump|with a
wrinkle|with a ridge|with a step|with a gap|with a weld splatter|with a bad weld|with a bad joint|with too little
solder|with too much glue|with a bad print|with faint print|with the wrong colour|with the wrong label|with the wrong
cap|with no lid|with no label|with one screw too few|with an extra part|with a broken tooth|with a bent leg|with a
broken wire|with a cut lead|with a torn seam|with a dropped stitch|with a pulled loop|with a fold|with a knot|with a
hair on it|with an insect in it|with sand in it|with grease on it|with fingerprints|with a watermark|with limescale|
with a halo|with a burn|with a white spot|with a black dot|with a grey streak|with a rough patch|with something on
it|with something wrong|with a problem|with an error|in poor shape|in bad order|not as it should be"""
# What a thing is rather than how it is.
LOOKS = """red|green|blue|yellow|black|white|brown|orange|purple|pink|grey|beige|silver|golden|colourful|striped|transparent|
large|big|small|tiny|huge|long|short|thick|thin|wide|narrow|tall|heavy|light|round|square|oval|flat|curved|wooden|metal|
plastic|steel|brass|glass|rubber|paper|cotton|ceramic|cheap|expensive|famous|modern|old-fashioned|French|Chinese|
handmade|electric|medical|industrial|spare|second|other|unfamiliar|two|three|many|another"""
WHERE = ["", "", "", "on a table", "on a conveyor belt", "in a box", "in a hand", "on a white background", "from above", "at night", "in a factory",
         "next to another one", "made in Japan"]
THINGS = """zipper capsule tablet pill blister-pack softgel inhaler stent catheter needle scalpel implant denture crown
toothbrush comb razor perfume lipstick soap detergent sponge tissue napkin diaper bandage glove apron boot sandal slipper
lace buckle button snap hook pin badge medal trophy toy doll puppet dice domino card puzzle balloon kite marble whistle
harmonica cymbal bow string pick reed bell gong biscuit cracker waffle wafer croissant bagel baguette roll dumpling noodle
ravioli spaghetti olive pickle mushroom carrot cucumber lettuce cabbage spinach broccoli avocado mango lemon lime peach plum
fig date raisin peanut pistachio almond walnut coffee-bean cocoa-bean corn oat pea lentil salmon shrimp oyster steak ham
bacon chicken tofu butter yoghurt honey jam juice-box milk-carton can-end crown-cork stopper cork seal sachet pouch tray
crate carton envelope stamp poster catalogue binder folder stapler paperclip thumbtack eraser crayon marker ink-ribbon
circuit board chip-carrier socket plug relay fuse switch diode led-strip antenna coil choke magnet rotor stator armature
commutator carbon-brush solenoid actuator servo encoder gauge meter dial knob lever pedal handle latch hinge lock-cylinder
spring washer bolt nut rivet screw nail staple bracket clamp strut truss beam girder rod axle spindle bushing sprocket
pulley chain-link roller caster wheel-rim brake-disc brake-pad piston-ring valve-seat camshaft-lobe turbine-blade impeller
manifold injector spark-plug radiator condenser evaporator compressor muffler bumper fender hood door-handle mirror-housing
headlamp wiper seat airbag steering-wheel dashboard tyre inner-tube hub fork frame saddle helmet visor goggle lens-barrel
shutter sensor-housing display touch-panel keycap mousepad speaker-cone microphone headphone earbud cable connector-pin
fibre optic-ferrule die leadframe substrate ceramic-tile sink basin faucet shower-head toilet mirror shelf drawer
cabinet plank veneer laminate plywood log bamboo cork-board brick slab granite marble-top concrete asphalt plaster wallpaper
gypsum insulation roof-tile gutter fence gate window-frame door-panel blind curtain rug towel blanket pillowcase sweater
trouser sock tie scarf ribbon elastic velcro leather suede denim silk wool felt mesh gauze nonwoven""".split()
GOOD, BAD, LOOKS = ([" ".join(s.split()) for s in words.split("|")] for words in (GOOD, BAD, LOOKS))
SYLLABLES = "bla qui zel mo tra vex ni gro shu fa lim dop yor ke wun pra jit sol ba cru".split()
TEMPLATES = [*captions.TEMPLATES[2:], "a photo of {} for anomaly detection"]
BARE = 0.3  # of the sentences about other things get no article before them; many have their own, and the gate is to shut all the same


def other(r, sentence):
    """A sentence about anything else in a template of inspection."""
    return captions.article(r.choice(TEMPLATES).format(sentence if r.random() < BARE else r.choice(["a ", "the "]) + sentence))


def made_up(r):
    """Words that say nothing at all."""
    return " ".join("".join(r.choices(SYLLABLES, k=r.randint(1, 3))) + r.choice(["", "", "m", "s", "rt", "k"]) for _ in range(r.randint(1, 3)))


def thing(r):
    return r.choice([r.choice(THINGS), r.choice(captions.ALL_NAMES)]).replace("-", " ")


def plain(r):
    """A thing, and nothing about its condition."""
    return " ".join(f"{r.choice(['', r.choice(LOOKS), r.choice(LOOKS)])} {thing(r)} {r.choice(WHERE)}".split())


def stated(r):
    """A sentence about the condition of a thing, in rarer words."""
    name = thing(r)
    state = r.choice(r.choice([GOOD, BAD]))
    after = state.startswith(("with ", "in ", "as ", "to ", "within ", "free ", "ready ", "not ", "out of ", "off "))
    said = f"{name} {state}" if after else r.choice([f"{state} {name}", f"{state} {name}", f"{name} that is {state}"])
    return captions.article(r.choice(["{}", "{}", *TEMPLATES]).format(r.choice(["a ", "a ", "the ", ""]) + said))
