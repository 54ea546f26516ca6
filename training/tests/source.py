"""The modules of training, read as text: most import packages that only make model installs."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRAINING = ROOT / "training"
PACKAGES = ("render", "language", "heads", "export")  # each may import those before it


@cache
def modules():
    """{("render", "scene"): its syntax tree}; "" is the package of those beside the packages."""
    files = [*TRAINING.glob("*.py"), *(f for p in PACKAGES for f in (TRAINING / p).glob("*.py"))]
    return {(f.parent.name if f.parent != TRAINING else "", f.stem): ast.parse(f.read_text(), str(f)) for f in sorted(files)}


def defined(tree):
    """The names that a module has at its top level."""
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(a.asname or a.name).split(".")[0] for a in node.names}
        else:
            names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return names


def imported(package, tree):
    """(module, the names taken from it or None for the module itself, as what) of each import from training."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        above = package if node.level == 1 else ""
        path = [p for p in [above, *(node.module or "").split(".")] if p]
        if not path or path[-1] in PACKAGES and len(path) == 1:  # modules of a package
            for a in node.names:
                yield ((path or [""])[0], a.name), None, a.asname or a.name
        else:
            yield (path[0] if len(path) == 2 else "", path[-1]), [a.name for a in node.names], None


def attributes(node, module):
    """The attributes of a module that code uses, but for functions that have something else of its name."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        bound = {a.arg for a in [*node.args.args, *node.args.kwonlyargs]}
        bound |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        if module in bound:
            return set()
    found = {node.attr} if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == module else set()
    return found.union(*(attributes(child, module) for child in ast.iter_child_nodes(node)))


def others(tree):
    """The packages of others that a module needs when it is imported."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[0] for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.split(".")[0])
    return found
