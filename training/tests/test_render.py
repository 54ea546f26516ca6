"""The same seed draws the same pictures, another draws others, and what spoils a part is where its mask says."""

import copy
import hashlib
import os
import subprocess
import sys
import unittest

import cv2
import numpy as np

from training.render import breaks, defects, families, heldout, lookalikes, lots, parts, scene, shards

from .source import ROOT

SEEDS = range(4)
MAKERS = list(heldout.FAMILIES)
CHANGED = 0.02  # of a grey level of 0..1: what twins call changed
NEAR = 3        # pixels: antialiased edges, and light beside a scratch
# Defects that bend the surface fade out beside their mask, which covers where they are strongest.
REACH = {"dent": 60, "bent": 110, "misplaced": 10}
MOVES = {"crack"}  # a wide one also moves a half of the piece


def twins(seed, wide=False):
    """SHA-256 of a pair of twins; "" where the defect cannot be seen."""
    t = scene.twins(np.random.default_rng(seed), wide)
    if t is None:
        return ""
    what = f"{t.name} {t.defect} {t.lookalike}".encode()
    return hashlib.sha256(b"".join([t.good.tobytes(), t.bad.tobytes(), t.mask.tobytes(), t.harmless.tobytes(), what])).hexdigest()


def part_and_spot(seed):
    r = np.random.default_rng(seed)
    part, _ = families.draw(r)
    part.picture = np.clip(part.picture, 0, 1).astype(np.float32)
    behind = scene.background(r)
    return r, part, behind, defects.spot(r, part, behind)


class Render(unittest.TestCase):
    def test_the_same_seed_draws_the_same_twins(self):
        for wide in (False, True):
            first = [twins(s, wide) for s in SEEDS]
            self.assertEqual(first, [twins(s, wide) for s in SEEDS])
            seen = [t for t in first if t]
            self.assertGreaterEqual(len(seen), 3)
            self.assertEqual(len(set(seen)), len(seen), "different seeds draw different twins")

    def test_another_process_draws_the_same(self):
        """Whatever the order of its sets: PYTHONHASHSEED differs."""
        code = "from training.tests.test_render import twins; print(twins(3), twins(3, True))"
        for seed in ("1", "2"):
            env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
            out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout
            self.assertEqual(out.split(), [twins(3), twins(3, True)])

    def test_twins_differ_where_the_mask_is(self):
        for seed in SEEDS:
            t = scene.twins(np.random.default_rng(seed))
            if t is None:
                continue
            self.assertEqual((t.good.shape, t.bad.shape, t.good.dtype), ((320, 320, 3), (320, 320, 3), np.uint8))
            self.assertGreaterEqual(t.mask.max(), scene.VISIBLE)
            self.assertIn(t.defect, defects.DEFECTS)
            difference = np.abs(t.good.astype(float) - t.bad).mean(-1)
            self.assertGreater(difference[t.mask > 0.5].mean() if (t.mask > 0.5).any() else 1, difference[t.mask == 0].mean(), f"seed {seed}, {t.defect}")

    def test_a_defect_changes_only_what_its_mask_covers(self):
        for wide in (False, True):
            for kind in defects.DEFECTS:
                if wide and kind in MOVES:
                    continue
                shown = 0
                for seed in SEEDS:
                    r, part, behind, at = part_and_spot(seed)
                    if at is None:
                        continue
                    good = scene.compose(copy.deepcopy(part), behind, None)
                    mask = breaks.spoil(kind, r, part, at) if wide else defects.DEFECTS[kind](r, part, at)
                    changed = np.abs(scene.compose(part, behind, None) - good).max(-1) > CHANGED
                    beyond = cv2.distanceTransform((mask <= 0.05).astype(np.uint8), cv2.DIST_L2, 5)
                    reach = float(beyond[changed].max(initial=0))
                    self.assertLessEqual(reach, REACH.get(kind, NEAR), f"{kind}, seed {seed}, wide {wide}: changed so many pixels from its mask")
                    self.assertTrue(0 <= mask.min() and mask.max() <= 1 + 1e-6, kind)
                    shown += bool(changed.any())
                self.assertGreaterEqual(shown, 2, f"{kind} changes nothing")

    def test_a_lookalike_changes_only_what_its_mask_covers(self):
        for kind, draw in lookalikes.LOOKALIKES.items():
            for seed in SEEDS:
                r = np.random.default_rng(seed)
                before = np.float32(scene.background(r))
                after, mask = draw(r, before.copy())
                self.assertLess(np.abs(after - before).max(-1)[mask < 1e-3].max(initial=0), 0.005, kind)

    def test_all_that_training_draws(self):
        self.assertGreaterEqual(len(families.FAMILIES), 40)
        self.assertLessEqual(set(parts.FAMILIES), set(families.FAMILIES))
        for make in families.FAMILIES:
            part = make(np.random.default_rng(1))
            self.assertEqual((part.picture.shape, part.mask.shape), ((320, 320, 3), (320, 320)), make.__name__)
            self.assertGreater((part.mask > 0.5).sum(), 1000, make.__name__)
            self.assertTrue(np.isfinite(part.picture).all(), make.__name__)

    def test_what_is_measured_on_is_never_trained_on(self):
        self.assertFalse({f.__name__ for f in heldout.FAMILIES} & {f.__name__ for f in families.FAMILIES})


class Lots(unittest.TestCase):
    def test_the_same_design_makes_the_same_lot(self):
        make = MAKERS[0]
        (good, bad), (again, bad_again) = (lots.lot(make, 7, 2, 4) for _ in range(2))
        self.assertTrue(all(map(np.array_equal, good, again)))
        self.assertTrue(all(a[0] == b[0] and np.array_equal(a[1], b[1]) for a, b in zip(bad, bad_again)))
        self.assertFalse(np.array_equal(good[0], good[1]), "no two pieces are the same")
        self.assertFalse(np.array_equal(good[0], lots.lot(make, 8, 1, 0)[0][0]), "nor two designs")

    def test_a_lot_has_few_kinds_of_defects_as_often(self):
        _, bad = lots.lot(MAKERS[1], 5, 0, 2 * lots.KINDS_A_LOT)
        kinds = [kind for kind, _ in bad]
        self.assertEqual({kinds.count(k) for k in kinds}, {2})
        self.assertEqual(sorted(set(kinds)), lots.kinds(MAKERS[1], 5))


class Shards(unittest.TestCase):
    def test_each_has_a_file_of_its_own(self):
        paths = [shards.path(n, w) for w, count in ((False, shards.SHARDS), (True, shards.WIDE)) for n in range(count)]
        self.assertEqual(len(set(paths)), shards.SHARDS + shards.WIDE)


if __name__ == "__main__":
    unittest.main()
