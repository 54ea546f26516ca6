"""Writes the small ONNX graphs that the agent computes with: python -m training.export.graphs

max_cosine.onnx: queries [n, d], memory [m, d] -> cosine [n], the highest product of each query
with any row of the memory. A matrix product in ONNX Runtime is many times faster than a loop.
"""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

GRAPHS = Path(__file__).parents[2] / "infer" / "graphs"


def checked(graph):
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model


def max_cosine():
    nodes = [
        helper.make_node("Gemm", ["queries", "memory"], ["products"], transB=1),
        helper.make_node("ReduceMax", ["products", "axis"], ["cosine"], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes, "max_cosine",
        [helper.make_tensor_value_info("queries", TensorProto.FLOAT, ["n", "d"]),
         helper.make_tensor_value_info("memory", TensorProto.FLOAT, ["m", "d"])],
        [helper.make_tensor_value_info("cosine", TensorProto.FLOAT, ["n"])],
        [helper.make_tensor("axis", TensorProto.INT64, [1], [1])],
    )
    return checked(graph)


if __name__ == "__main__":
    GRAPHS.mkdir(exist_ok=True)
    onnx.save(max_cosine(), GRAPHS / "max_cosine.onnx")
