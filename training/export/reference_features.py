"""What references compare: looks and states of the patches, in as few numbers as tell as much.

Works on the finished int8 graph: the state is joined to the look, and the whole turned and cut to the directions in which
rendered patches differ. Distances to good pictures then tell what is unlike them in look or in condition, at half
the products (the table in models/pocket/README.md).
"""

import numpy as np
import onnx
from onnx import helper

from ..heads.backbone import CHANNELS
from ..inference import normalise, session
from ..paths import CONTENT, FEATURES, STATE, STATE_WEIGHT

LOOK = CHANNELS[1] + CHANNELS[3]
PATCHES = 80  # of each picture: the others say much the same


def append(path, nodes, constants, width):
    """Put nodes behind patch_features; they take it as "raw" and make it anew, `width` numbers a patch."""
    model = onnx.load(str(path))
    graph = model.graph
    raw = f"raw_{len(graph.node)}"
    for node in graph.node:
        node.output[:] = [raw if o == "patch_features" else o for o in node.output]
        node.input[:] = [raw if i == "patch_features" else i for i in node.input]
    for name, value in constants.items():
        graph.initializer.append(onnx.numpy_helper.from_array(np.array(value), name))
    for op, inputs, output, *options in nodes:
        graph.node.append(helper.make_node(op, [raw if i == "raw" else i for i in inputs], [output], **(options[0] if options else {})))
    for output in graph.output:
        if output.name == "patch_features":
            output.type.tensor_type.shape.dim[2].dim_value = width
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def add_state(path):
    """Join the patches' states to their looks, and make them unit again."""
    share = 1 / (1 + STATE_WEIGHT**2)  # of the squared length that is left to the look
    append(path, [("Slice", ["patch_embeddings", "state_from", "state_to", "state_axis"], "patch_state"),
                  ("Mul", ["patch_state", "state_gain"], "state_part"), ("Mul", ["raw", "look_gain"], "look_part"),
                  ("Concat", ["look_part", "state_part"], "patch_features", {"axis": 2})],
           {"state_from": np.int64([CONTENT]), "state_to": np.int64([CONTENT + STATE]), "state_axis": np.int64([2]),
            "state_gain": np.float32((1 - share) ** 0.5), "look_gain": np.float32(share**0.5)}, LOOK + STATE)


def directions(path, pictures):
    """[LOOK+STATE, FEATURES]: orthonormal, those that hold most of what good and bad rendered patches are."""
    graph, r = session(path), np.random.default_rng(0)
    rows = [graph.run(["patch_features"], {"image": normalise(p)[None]})[0][0] for p in pictures]
    rows = np.concatenate([x[r.choice(len(x), PATCHES, replace=False)] for x in rows]).astype(np.float64)
    return np.linalg.eigh(rows.T @ rows)[1][:, : -FEATURES - 1 : -1].astype(np.float32)


def compress(path, pictures):
    """Keep FEATURES numbers a patch, unit again: products of such vectors are nearly those of the whole."""
    append(path, [("MatMul", ["raw", "directions"], "kept"), ("ReduceL2", ["kept"], "length", {"axes": [2], "keepdims": 1}),
                  ("Div", ["kept", "length"], "patch_features")], {"directions": directions(path, pictures)}, FEATURES)
