"""Where things are kept, and the few numbers that every file shares."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = ROOT / "models" / "pocket"
CACHE = Path(__file__).resolve().parent / "cache"  # git-ignored: shards, features, checkpoints

SIZE = 320          # input pixels a side
GRID = 20           # patches a side of every map that leaves the image graph
CONTENT = 64        # dimensions of an embedding that say what is seen
# The members of the image head's ensemble: whether one draws from the wide shards, too, beside the plain ones.
MEMBERS = (False, True, False)
MEMBER_STATE = 64
STATE = len(MEMBERS) * MEMBER_STATE  # dimensions that say in what condition it is
DIM = CONTENT + STATE
CONTEXT = 64        # tokens

# EfficientNet-Lite's own preprocessing, (x - 127) / 128 on 0..255, written for 0..1 pixels.
MEAN = 127 / 255
STD = 128 / 255
STATE_WEIGHT = 0.6  # of the patches' states beside their looks in the patch features for references
FEATURES = 192      # numbers of such a feature, of 344: with 128 references lose 0.3 AUROC on the lots, with 192 nothing
