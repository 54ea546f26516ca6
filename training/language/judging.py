"""More of the world that is no part: judgements of people and events, opposites, science, news, verse.

A judging word does not make a sentence one about a part's condition, and most sentences that open the gate by mistake
judge something else. Words are combined at random; no sentence and hardly a word of offdomain.txt is among them.
"""

import random

PEOPLE = """actor author baker barber boss butcher captain cashier chef chemist clerk coach comedian cousin criminal critic
cyclist detective diplomat drummer editor emperor explorer fisherman gardener general guest hero historian hunter
inventor journalist judge juggler knight landlord librarian lifeguard magician mayor mechanic mother father brother
musician novelist optician orphan painter peasant philosopher photographer physicist pianist pirate plumber pope
prisoner prophet psychologist publisher pupil rebel referee refugee reporter runner saint salesman scientist sculptor
senator servant shepherd sheriff sister spy stranger surgeon swimmer tailor thief tourist trader translator traveller
tyrant umpire veteran victim villain violinist voter waiter warrior widow witch witness worker wrestler writer""".split()
TRAITS = """amiable arrogant awkward bitter bold careless careful charming cheeky clumsy cold-hearted coward cunning curious
decent dishonest disloyal eager elegant envious faithful fierce forgiving frail friendly frightened fun funny gentle
graceful grateful greedy grumpy heroic humble humorous ignorant impatient jealous jolly joyful loyal mean merciful
merry miserable modest moody naive nasty naughty nervous noble obedient optimistic pessimistic polite rebellious
reckless respectful restless rude ruthless selfish sensible serious skilful sleepless smart stubborn stupid talented
thankful timid tolerant treacherous unhappy unlucky lucky vain vengeful warm-hearted wicked wise witty wounded
wretched injured dying recovering""".split()
EVENTS = """argument auction ball banquet battle ceremony championship christmas circus conference congress coronation crisis
cruise debate debut duel earthquake eclipse exam exhibition expedition experiment flood funeral gala harvest hike
interview journey lecture lesson marathon marriage massacre meeting merger migration negotiation parade party picnic
pilgrimage play premiere protest race rehearsal reunion revolution rumour sermon siege speech strike tournament trial
trip uprising verdict visit voyage weekend""".split()
JUDGED = """amazing appalling bloody brutal celebrated chaotic charming controversial crucial dangerous deadly delicious
disappointing disastrous disgusting dramatic dull embarrassing enjoyable epic exciting exhausting fair fake fatal
festive fortunate glorious gorgeous grim harmful harmless hilarious historic horrible horrific illegal impressive
inspiring legendary magnificent marvellous mediocre memorable miserable moral moving mysterious nasty noisy outrageous
painful pathetic pleasant pointless profitable puzzling ridiculous ruinous sacred sad scandalous scary sensational
shameful shocking silly solemn spectacular splendid stunning successful superb tragic traumatic triumphant ugly unfair
unforgettable unfortunate unjust unsuccessful useful useless vulgar welcome worthless""".split()
THINGS = """argument belief bet career compliment conscience contract culture custom decision diet duty education essay ethics
fashion freedom friendship gift gossip habit happiness health income insult joke justice law loan logic luck marriage
melody metaphor mood motive myth opinion pension pleasure policy prayer prejudice pride profit proverb puzzle rhyme
rhythm riddle rule salary science slogan sonnet sorrow strategy superstition theory thought tradition treaty vote wage
wisdom wish""".split()
BEINGS = """ant bat bear bee beetle butterfly cat crab crocodile crow deer dolphin donkey duck eel falcon ferret flamingo fox frog
giraffe goat goose gorilla hamster hawk hedgehog heron hippo jaguar jellyfish kangaroo koala leopard lizard llama
lobster mole monkey moose mosquito moth mouse octopus ostrich otter panda parrot peacock pelican pigeon puma rabbit
raccoon rat raven reindeer salmon seal shark sloth snail snake sparrow spider squirrel stork swan tortoise toucan
turkey vulture walrus wasp weasel whale wolf worm yak""".split()
PLACES = """Athens Berlin Brazil Cairo Canada Chile China Cuba Delhi Dublin Egypt Finland Ghana Greece Hanoi India Iran Ireland
Italy Japan Kenya Kyoto Lima London Madrid Mali Mexico Milan Moscow Nepal Oslo Persia Poland Prague Rome Seoul Siberia
Spain Sweden Sydney Texas Tibet Turkey Venice Vienna Wales Warsaw""".split()
BODIES = """acid antimatter bacteria base calcium carbon cell chlorophyll chromosome comet copper sulphate crystal lattice enzyme
evolution fission fungus fusion gas geometry helium hormone infinity integral iron oxide isotope lava logarithm
magnetism matrix meteor mineral molecule momentum nebula neuron neutrino nitrogen nucleus ozone parabola photon pi
plasma polynomial proton quark relativity reptile sodium spectrum sphere symmetry theorem tide triangle uranium vacuum
vector wave zero""".split()
DID = """admired|betrayed|blamed|congratulated|defended|followed|embraced|forgave|insulted|interviewed|kissed|mocked|
outran|painted|paid|praised|punished|rescued|robbed|saluted|sued|taught|thanked|trusted|visited|voted for|warned|wrote to""".replace("\n", "").split("|")
HAPPENED = """accepted the offer|refused the offer|broke the record|broke the law|broke a promise|kept a promise|cracked a joke|
cut taxes|raised taxes|dented his pride|fell ill|felt better|felt worse|fell in love|gained weight|lost weight|got promoted|
was fired|lost the election|won the election|made a mistake|made peace|missed the train|caught the train|passed the exam|
failed the exam|scored a goal|was acquitted|was convicted|sank into despair|burst into tears|burst out laughing|told the truth|
told a lie|went bankrupt|grew rich|was born|passed away|is asleep|is awake|is on strike|is on holiday""".replace("\n", "").split("|")
DISHES = """soup|curry|omelette|salad|pie|burger|noodles|rice|pudding|risotto|sandwich|dumplings|pizza|porridge|pancakes|tea|
coffee|whisky|cider|lemonade|milk|beer|cocoa|smoothie""".replace("\n", "").split("|")
OF = """barley|tomato|salmon|chicken|garlic|cheese|onion|mushroom|pumpkin|spinach|peach|walnut|oat|beef|tofu|cabbage|ginger|cherry|
potato|pea|shrimp|vanilla|herb|carrot""".replace("\n", "").split("|")
SERVED = ["hot", "iced", "fried", "grilled", "roasted", "vegan", "spicy", "sweet", "homemade", "warm", "fresh", "a plate of", "a bowl of",
          "a glass of", "a recipe for"]


def dish(r):
    return f"{r.choice(SERVED)} {r.choice(OF)} {r.choice(DISHES)}"


def sentence(r: random.Random):
    who, trait, event, judged, thing = (r.choice(x) for x in (PEOPLE, TRAITS, EVENTS, JUDGED, THINGS))
    being, place, body = r.choice(BEINGS), r.choice(PLACES), r.choice(BODIES)
    return r.choice([
        f"a {trait} {who}", f"the {trait} {who} {r.choice(HAPPENED)}", f"my {trait} {who}", f"the {who} {r.choice(HAPPENED)}",
        f"the {who} {r.choice(DID)} the {r.choice(PEOPLE)}", f"she {r.choice(DID)} a {trait} {who}", f"he {r.choice(HAPPENED)}",
        f"a {judged} {event}", f"the {event} was {judged}", f"a {judged} {event} in {place}", f"the {judged} {event} of {place}",
        f"a {judged} {thing}", f"the {thing} of a {who}", thing, f"{thing} and {r.choice(THINGS)}", f"a {thing} about {being}s",
        f"{thing} is {judged}", f"a {being} and a {r.choice(BEINGS)}", f"a {being} in {place}", f"a {trait} {being}", f"{being}s at night",
        f"{body}", f"{body} and {r.choice(BODIES)}", f"the {body} of the {r.choice(BODIES)}", f"{body} has {r.randint(2, 99)} {r.choice(BODIES)}s",
        f"{place} in {r.choice(['spring', 'winter', 'the evening', 'wartime', r.choice(THINGS)])}", f"the people of {place} are {trait}",
        dish(r), f"{dish(r)} with {r.choice(OF)}", f"{dish(r)} and {dish(r)}", f"a {judged} {r.choice(['song', 'novel', 'poem', 'film', 'dance'])} about {thing}"])


def pair(r):
    """Two sentences that differ in one judging word, or in the whole."""
    who, event = r.choice(PEOPLE), r.choice(EVENTS)
    a, b = r.sample(TRAITS, 2)
    c, d = r.sample(JUDGED, 2)
    return r.choice([(f"a {a} {who}", f"a {b} {who}"), (f"a {c} {event}", f"a {d} {event}"), (sentence(r), sentence(r))])
