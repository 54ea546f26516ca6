"""Every module finds what it imports, packages import only those before them, and what documents name is there."""

import ast
import importlib
import importlib.util
import re
import subprocess
import unittest
from graphlib import TopologicalSorter

from .source import PACKAGES, ROOT, TRAINING, attributes, defined, imported, modules, others


class Modules(unittest.TestCase):
    def test_every_imported_name_is_defined(self):
        for (package, name), tree in modules().items():
            for target, names, alias in imported(package, tree):
                where = f"{package}/{name}.py"
                self.assertIn(target, modules(), where)
                known = defined(modules()[target])
                for n in names or []:
                    self.assertIn(n, known, f"{where} imports it from {target}")
                if names is None:  # module.attribute, wherever it is used
                    self.assertLessEqual(attributes(tree, alias), known, f"{where} uses it of {target}")

    def test_no_cycles(self):
        graph = {m: {target for target, _, _ in imported(m[0], tree) if target != m} for m, tree in modules().items()}
        order = list(TopologicalSorter(graph).static_order())  # raises CycleError
        self.assertGreater(len(order), 50)

    def test_packages_import_only_those_before_them(self):
        for (package, name), tree in modules().items():
            if not package:
                continue
            allowed = {"", *PACKAGES[: PACKAGES.index(package) + 1]}
            for target, _, _ in imported(package, tree):
                self.assertIn(target[0], allowed, f"{package}/{name}.py imports {target}")
                if not target[0]:  # beside the packages stands what all share, and what runs the stages
                    self.assertIn(target[1], ("paths", "inference"), f"{package}/{name}.py")

    def test_every_module_imports(self):
        count = 0
        missing = {m for m, tree in modules().items() if any(importlib.util.find_spec(o) is None for o in others(tree))}
        grown = True
        while grown:  # and what imports one of those
            more = {m for m, tree in modules().items() if any(t in missing for t, _, _ in imported(m[0], tree))} - missing
            missing, grown = missing | more, bool(more)
        for package, name in set(modules()) - missing:
            importlib.import_module(".".join(p for p in ("training", package, name) if p and name != "__init__" or p == "training"))
            count += 1
        self.assertGreaterEqual(count, 30, f"not imported: {sorted(missing)}")

    def test_what_documents_and_scripts_name_is_there(self):
        named = 0
        files = subprocess.run(["git", "ls-files", "*.md", "*.go", "*.py", "*.sh", "*.txt", "Makefile"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
        for file in files:
            if not (ROOT / file).exists():
                continue
            text = (ROOT / file).read_text()
            paths = set(re.findall(r"\btraining/[\w/]+\.(?:py|txt)\b", text))
            paths |= {m.replace(".", "/") + ".py" for m in re.findall(r'(?:python3? -m |\[")(training(?:\.\w+)+)', text)}
            paths |= {f"training/{m.replace('.', '/')}.py" for m in re.findall(r'halves\("([\w.]+)"', text)}  # the stages that model.py runs
            for path in paths - {"training/bundle.py", "training/PACKAGE/NAME.py"}:  # the bundle's golden file names the first
                named += 1
                self.assertTrue((ROOT / path).exists(), f"{file} names {path}")
        self.assertGreater(named, 40)

    def test_every_module_says_what_it_is(self):
        for (package, name), tree in modules().items():
            self.assertTrue(ast.get_docstring(tree), f"{package}/{name}.py")
        readme = (TRAINING / "README.md").read_text()
        for package in PACKAGES:
            self.assertIn(f"`{package}`", readme)


if __name__ == "__main__":
    unittest.main()
