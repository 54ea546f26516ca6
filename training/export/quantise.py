"""int8 by ONNX Runtime: static QDQ for the image graph, dynamic for the text graph."""

import os

import onnx
from onnx.reference import ReferenceEvaluator
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from ..inference import normalise


class Pictures(CalibrationDataReader):
    def __init__(self, pictures):
        self.rest = iter(pictures)

    def get_next(self):
        p = next(self.rest, None)
        return None if p is None else {"image": normalise(p)[None]}


def absorb_pads(model):
    """Pad followed by a Conv alone becomes the Conv's own (uneven) padding: one node and one copy less."""
    users = {}
    for node in model.graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    for node in [n for n in model.graph.node if n.op_type == "Pad"]:
        after = users[node.output[0]]
        if len(after) != 1 or after[0].op_type != "Conv":
            continue
        pads = constant(model, node.input[1]).reshape(2, 4)[:, 2:].flatten().tolist()
        for a in [a for a in after[0].attribute if a.name == "pads"]:
            after[0].attribute.remove(a)
        after[0].attribute.append(onnx.helper.make_attribute("pads", pads))
        after[0].input[0] = node.input[0]
        model.graph.node.remove(node)
    return model


def constant(model, name):
    """A value that nodes compute from constants alone, as the exporter writes paddings."""
    part = onnx.utils.Extractor(model).extract_model([], [name])
    return ReferenceEvaluator(part).run(None, {})[0]


def prepare(source, target):
    """Constant folding and shape inference, pads absorbed."""
    quant_pre_process(str(source), str(target), skip_symbolic_shape=True)
    model = absorb_pads(onnx.load(str(target)))
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


def float_additions(graph):
    """Those outside the backbone. In 8 bits the 1e-12 that keeps a square root from zero is gone, cosines come in
    steps of 0.02, and GELU falls into its pieces."""
    return [node.name for node in graph.node if node.op_type == "Add" and not node.name.startswith("/backbone/")]


def image(source, target, pictures):
    ready = target.with_suffix(".pre.onnx")
    prepare(source, ready)
    quantize_static(str(ready), str(target), Pictures(pictures), quant_format=QuantFormat.QDQ, per_channel=True,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
                    op_types_to_quantize=["Conv", "Clip", "Add"], nodes_to_exclude=float_additions(onnx.load(str(ready)).graph))
    os.remove(ready)


def text(source, target):
    """Towers and embedding table in int8; the small head stays float, so that a shut gate is exactly shut."""
    ready = target.with_suffix(".pre.onnx")
    quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
    head = [n.name for n in onnx.load(str(ready)).graph.node if n.name.startswith("/head/")]
    head += [n + "_MatMul" for n in head]  # what quantize_dynamic calls a Gemm that it has split, before it looks at the list
    quantize_dynamic(str(ready), str(target), weight_type=QuantType.QInt8, per_channel=False, nodes_to_exclude=head)
    os.remove(ready)
