#!/usr/bin/env python3
"""What onnxruntime computes of an exported network, beside PyTorch with the exported TorchScript.

usage: onnx_parity.py FILE.onnx FILE.pt   (of one network with the same weights and input size)

Needs Python's torch and onnx, Node.js, and onnxruntime-node in ./node_modules.
"""

import json
import os
import subprocess
import sys
import tempfile

import onnx
import torch

HERE = os.path.dirname(os.path.abspath(__file__))


def save(tensor, path):
    with open(path, "wb") as file:
        file.write(tensor.float().contiguous().numpy().tobytes())
    return path


def main(onnx_file, torchscript_file):
    graph = onnx.load(onnx_file).graph
    torch.manual_seed(1)
    inputs = [torch.rand([size.dim_value for size in value.type.tensor_type.shape.dim])
              for value in graph.input]
    with torch.no_grad():
        outputs = torch.jit.load(torchscript_file)(*inputs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    with tempfile.TemporaryDirectory() as folder:
        task = {
            "model": onnx_file,
            "inputs": [{"name": value.name, "shape": list(tensor.shape),
                        "file": save(tensor, f"{folder}/in_{value.name}")}
                       for value, tensor in zip(graph.input, inputs)],
            "outputs": [{"name": value.name, "file": save(tensor, f"{folder}/out_{value.name}")}
                        for value, tensor in zip(graph.output, outputs)],
        }
        with open(f"{folder}/task.json", "w", encoding="utf-8") as file:
            json.dump(task, file)
        return subprocess.run(["node", f"{HERE}/onnx_parity.mjs", f"{folder}/task.json"]).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
