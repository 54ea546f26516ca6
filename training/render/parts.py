"""The objects: families, each a function (r) -> Part. Names are what captions call them."""

from .flat import bracket, circuit, mesh, pane, screen, sheet, solar, zipper
from .goods import biscuit, brush, carton, fruit, group, pill, toy
from .rotational import cap, disc, gear, impeller, jar, nut, pipe, plate, screw, spring, strands, washer

# A draw is a place in this order: in another, the same seed draws other pictures.
FAMILIES = {
    disc: ["metal disc", "round metal plate", "steel disc", "machined part", "brake disc", "coin"],
    cap: ["plastic cap", "bottle cap", "plastic lid", "button", "knob"],
    washer: ["washer", "metal ring", "flat ring", "bearing ring", "gasket", "seal"],
    nut: ["hex nut", "steel nut", "metal nut", "fastener"],
    gear: ["gear", "cog wheel", "sprocket", "flange"],
    impeller: ["cast wheel", "impeller", "rotor", "turbine part", "metal casting", "fan wheel"],
    jar: ["jar", "glass bottle seen from above", "bottle", "cup", "vial"],
    plate: ["ceramic plate", "dinner plate", "porcelain dish", "bowl"],
    sheet("ceramic", "stone", "cells", "bricks"): ["ceramic tile", "floor tile", "stone slab", "tile"],
    sheet("fabric"): ["fabric", "woven cloth", "textile", "canvas"],
    sheet("knit"): ["carpet", "knitted fabric", "felt", "wool"],
    sheet("wood"): ["wooden board", "wood", "plank", "parquet"],
    sheet("leather"): ["leather", "leather sheet", "rubber sheet"],
    sheet("metal", "metal", "stone"): ["steel surface", "metal sheet", "brushed metal", "metal strip", "rail"],
    sheet("stone", "bricks"): ["concrete wall", "brick wall", "surface", "road surface"],
    solar: ["solar panel", "solar cell", "silicon wafer", "photovoltaic module"],
    circuit: ["circuit board", "PCB", "electronic board", "printed circuit board"],
    biscuit: ["biscuit", "cookie", "cracker", "bread roll", "pastry"],
    toy: ["toy", "plastic toy", "doll", "figurine", "toy robot"],
    pill: ["pill", "tablet", "capsule", "candy", "almond"],
    pane: ["glass pane", "glass sheet", "transparent plate", "mirror", "lens"],
    bracket: ["metal bracket", "block", "machined plate", "sheet metal part", "connector plate"],
    pipe: ["pipe", "cable", "rod", "tube", "shaft"],
    screw: ["screw", "bolt", "threaded rod", "drill bit"],
    fruit: ["apple", "orange", "fruit", "tomato", "potato", "lemon"],
    mesh: ["wire mesh", "metal grid", "perforated sheet", "grille", "sieve"],
    strands: ["cable cross section", "wire bundle", "cut cable", "power cord"],
    brush: ["toothbrush", "brush", "comb"],
    group: ["set of candles", "tray of pills", "row of parts", "pasta", "chocolates"],
    carton: ["box", "carton", "package", "label", "envelope"],
    screen: ["phone screen", "display", "smartphone", "control panel", "touch screen"],
    zipper: ["zipper", "zip fastener", "seam"],
    spring: ["spring", "coil", "steel spring", "wire coil"],
}


def draw(r):
    """A random part and the name that it goes by."""
    makers = list(FAMILIES)
    make = makers[r.integers(len(makers))]
    return make(r), str(r.choice(FAMILIES[make]))
