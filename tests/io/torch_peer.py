#!/usr/bin/env python3
"""PyTorch for Python as the other reader and writer of weights.

usage: torch_peer.py write FOLDER     writes checkpoints of every kind that mote reads
       torch_peer.py compare FOLDER   each NAME.pth there against NAME.safetensors, which mote made

Exits 77 where there is no PyTorch.
"""

import collections
import json
import os
import struct
import sys

try:
    import torch
except ImportError:
    sys.exit(77)

TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
         "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8,
         "U8": torch.uint8, "BOOL": torch.bool}


def network():
    torch.manual_seed(1)
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Linear(4, 2))
    net.eval()
    return net


def kinds():
    net = network()
    plain = net.state_dict()
    base = torch.arange(24.0).reshape(2, 3, 4)
    views = {"turned": base.permute(2, 0, 1), "part": base[:, 1:, ::2], "repeated": base[0, 0].expand(3, 4),
             "one": torch.tensor(2.5), "none": torch.zeros(0, 4), "whole": base}
    types = {name: torch.tensor([0, 1, 1, 0]).to(type) for name, type in TYPES.items()}
    return {
        "plain": plain,
        "half": {name: tensor.half() if tensor.is_floating_point() else tensor
                 for name, tensor in plain.items()},
        "bfloat16": {name: tensor.bfloat16() if tensor.is_floating_point() else tensor
                     for name, tensor in plain.items()},
        "parallel": torch.nn.DataParallel(net).state_dict(),
        "nested": {"model": plain, "epoch": 3, "loss": 0.25, "name": "run", "sizes": (1, 2), "none": None},
        "parameters": collections.OrderedDict(net.named_parameters()),
        "views": views,
        "types": types,
        "optimizer": {"state_dict": plain, "optimizer": torch.optim.Adam(net.parameters()).state_dict()},
    }


def write(folder):
    for name, value in kinds().items():
        for suffix, is_zip in (("zip", True), ("legacy", False)):
            path = os.path.join(folder, f"{name}-{suffix}.pth")
            torch.save(value, path, _use_new_zipfile_serialization=is_zip)
    torch.save(network(), os.path.join(folder, "whole-network.bad"))


def safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            flat = torch.frombuffer(bytearray(data[begin:end]), dtype=TYPES[entry["dtype"]]) \
                if end > begin else torch.zeros(0, dtype=TYPES[entry["dtype"]])
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


def compare(folder):
    compared = 0
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".pth"):
            continue
        expected = torch.load(os.path.join(folder, name))
        expected = expected.get("model", expected.get("state_dict", expected))
        found = safetensors(os.path.join(folder, name[:-4] + ".safetensors"))
        strip = "module." if name.startswith("parallel") else ""
        assert {strip + key for key in found} == set(expected), name
        for key, tensor in found.items():
            other = expected[strip + key]
            assert tensor.dtype == other.dtype and torch.equal(tensor, other), f"{name}: {key}"
        compared += 1
    assert compared == 18, compared


if __name__ == "__main__":
    {"write": write, "compare": compare}[sys.argv[1]](sys.argv[2])
