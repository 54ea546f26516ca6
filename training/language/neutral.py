"""Sentences about anything but the condition of a thing. Their text embeddings must have no state.

The pairs that measure this, offdomain.txt, share no sentence and few words with what is made here.
"""

import random

WHO = """dog cat horse cow sheep lion tiger elephant bird eagle child man woman teacher doctor lawyer farmer pilot sailor
singer dancer king queen president minister student grandmother baby neighbour friend enemy soldier nurse poet monk robot
ghost dragon wizard customer tourist athlete crowd team family""".split()
HOW = """happy sad angry calm tired brave young old tall short rich poor famous quiet loud clever lazy kind cruel lonely
excited bored hungry sleepy proud shy sick healthy beautiful ugly strong weak friendly hostile good bad""".split()
DOES = """is sleeping|runs across the field|eats breakfast|reads a newspaper|plays the piano|swims in the sea|votes in the
election|writes a letter|drives to work|climbs a mountain|watches television|sings a song|is dancing|waits for the
bus|goes to school|wins the game|loses the game|laughs at a joke|cries at night|buys a house|sells a farm|tells a
story|learns Spanish|dreams of summer|visits Paris|arrives late|leaves early|forgets the time""".replace("\n", " ").split("|")
WHERE = """in the park|at the beach|in the city|on the moon|in the forest|at home|in the snow|in the desert|in Africa|near a
river|in the kitchen|at a wedding|in a museum|on television|at university|in the rain|""".replace("\n", " ").split("|")
WHAT = """weather economy government market music painting novel poem film theatre football tennis chess physics chemistry
biology history geography mathematics philosophy religion law tax inflation bank stock election war peace holiday
weekend breakfast dinner coffee tea wine soup salad recipe spring summer autumn winter morning evening night storm sun
rain snow wind ocean mountain river island planet star galaxy atom gene virus vaccine language grammar alphabet number
equation theorem software internet website email password video podcast concert opera ballet festival birthday love
hope fear anger joy idea memory dream truth lie secret promise reputation heart""".split()
QUALITY = """great terrible interesting boring important famous long short new old strange ordinary good bad popular
expensive cheap simple complex quiet sunny rainy warm cold dark bright French Chinese ancient modern perfect awful
wonderful brilliant broken beautiful lovely hard easy fast slow high low""".split()
SAYS = """was discussed yesterday|rises by two percent|falls by two percent|is coming soon|is over|begins on Monday|makes people
smile|makes people cry|changed the world|was a success|was a failure|needs more time|is a matter of taste|is hard to
explain|is easy to love|grew quickly|shrank slowly|is in the news|was forgotten|""".replace("\n", " ").split("|")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def sentence(r: random.Random):
    """One sentence of a random kind."""
    kind = r.randrange(9)
    who, how, what, quality = r.choice(WHO), r.choice(HOW), r.choice(WHAT), r.choice(QUALITY)
    if kind == 0:
        return f"the {how} {who} {r.choice(DOES)} {r.choice(WHERE)}".strip()
    if kind == 1:
        return f"a photo of a {how} {who} {r.choice(WHERE)}".strip()
    if kind == 2:
        return f"the {quality} {what} {r.choice(SAYS)}".strip()
    if kind == 3:
        return f"{quality} {what}"
    if kind == 4:
        return r.choice([f"a photo of a {who}", f"a painting of a {who}", f"two {who}s {r.choice(WHERE)}", f"{who}", what])
    if kind == 5:  # no words at all
        return " ".join("".join(r.choices(LETTERS, k=r.randint(2, 9))) for _ in range(r.randint(1, 5)))
    if kind == 6:
        return r.choice([f"{r.randint(0, 9999)} and {r.randint(0, 99)}", f"the number {r.randint(0, 999)}",
                         f"{r.randint(1, 12)} o'clock in the {r.choice(['morning', 'evening'])}",
                         f"it costs {r.randint(1, 900)} dollars", f"{r.randint(1500, 2030)} was a {quality} year"])
    if kind == 7:
        return f"why is the {what} so {quality}?"
    return f"i {r.choice(['like', 'hate', 'study', 'remember', 'miss', 'teach'])} {what} and {r.choice(WHAT)}"


def pair(r):
    """Two sentences that differ, half of them by a single word."""
    if r.random() < 0.5:
        return sentence(r), sentence(r)
    who, where = r.choice(WHO), r.choice(WHERE)
    a, b = r.sample(HOW, 2)
    what, says = r.choice(WHAT), r.choice(SAYS)
    c, d = r.sample(QUALITY, 2)
    return r.choice([(f"a {a} {who} {where}".strip(), f"a {b} {who} {where}".strip()),
                     (f"the {c} {what} {says}".strip(), f"the {d} {what} {says}".strip())])


def drawn(r, vocabulary):
    """A sentence of random words."""
    a, b, c = r.sample(vocabulary, 3)
    return r.choice([a, f"{a} {b}", f"{a} {b}", f"{a} {b} {c}", f"a {a} {b}", f"the {a} {b}", f"the {a} of {b}",
                     f"a {a} {b} in {c}", f"the {a} is {b}", f"the {a} {b} the {c}", f"{a} and {b}", f"a {a}", f"the {a}"])
