#!/usr/bin/env python3
"""Writes YOLOv8n-seg with random weights as ONNX, to time it in onnxruntime.

    /usr/bin/python3 bench/yolo_onnx.py 640 yolo640.onnx

Needs torch (Debian: python3-torch). Opset 13, fixed input (1, 3, SIDE, SIDE); results as those of
mote's network: box logits, class logits, coefficients (rows of anchors), prototypes.
"""
import sys

import torch
from torch import nn


class Conv(nn.Module):
    def __init__(self, c1, c2, k=1, s=1):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2, bias=False)
        self.bn = nn.BatchNorm2d(c2, eps=1e-3)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Block(nn.Module):
    def __init__(self, c1, c2, depth, shortcut):
        super().__init__()
        half = c2 // 2
        self.split = Conv(c1, c2)
        self.join = Conv((2 + depth) * half, c2)
        self.m = nn.ModuleList(
            nn.Sequential(Conv(half, half, 3), Conv(half, half, 3)) for _ in range(depth))
        self.shortcut = shortcut

    def forward(self, x):
        parts = list(self.split(x).chunk(2, 1))
        for m in self.m:
            y = m(parts[-1])
            parts.append(parts[-1] + y if self.shortcut else y)
        return self.join(torch.cat(parts, 1))


class Pool(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.reduce, self.join = Conv(c, c // 2), Conv(2 * c, c)
        self.pool = nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        parts = [self.reduce(x)]
        for _ in range(3):
            parts.append(self.pool(parts[-1]))
        return self.join(torch.cat(parts, 1))


def branches(hidden, out):
    return nn.ModuleList(
        nn.Sequential(Conv(c, hidden, 3), Conv(hidden, hidden, 3), nn.Conv2d(hidden, out, 1))
        for c in (64, 128, 256))


class Yolo(nn.Module):
    def __init__(self, classes=80):
        super().__init__()
        self.c0, self.c1, self.c3 = Conv(3, 16, 3, 2), Conv(16, 32, 3, 2), Conv(32, 64, 3, 2)
        self.c5, self.c7 = Conv(64, 128, 3, 2), Conv(128, 256, 3, 2)
        self.b2, self.b4 = Block(32, 32, 1, True), Block(64, 64, 2, True)
        self.b6, self.b8 = Block(128, 128, 2, True), Block(256, 256, 1, True)
        self.pool = Pool(256)
        self.b12, self.b15 = Block(384, 128, 1, False), Block(192, 64, 1, False)
        self.c16, self.b18 = Conv(64, 64, 3, 2), Block(192, 128, 1, False)
        self.c19, self.b21 = Conv(128, 128, 3, 2), Block(384, 256, 1, False)
        self.box, self.cls, self.coef = branches(64, 64), branches(80, classes), branches(32, 32)
        self.proto = nn.Sequential(Conv(64, 64, 3), nn.ConvTranspose2d(64, 64, 2, 2),
                                   Conv(64, 64, 3), Conv(64, 32))
        self.up = nn.Upsample(scale_factor=2)

    def forward(self, x):
        f4 = self.b4(self.c3(self.b2(self.c1(self.c0(x)))))
        f6 = self.b6(self.c5(f4))
        f9 = self.pool(self.b8(self.c7(f6)))
        f12 = self.b12(torch.cat([self.up(f9), f6], 1))
        f15 = self.b15(torch.cat([self.up(f12), f4], 1))
        f18 = self.b18(torch.cat([self.c16(f15), f12], 1))
        maps = [f15, f18, self.b21(torch.cat([self.c19(f18), f9], 1))]

        def rows(list_):
            return torch.cat([b(m).flatten(2).transpose(1, 2) for b, m in zip(list_, maps)], 1)

        return rows(self.box), rows(self.cls), rows(self.coef), self.proto(f15)


def main():
    side, path = int(sys.argv[1]), sys.argv[2]
    torch.manual_seed(1)
    torch.onnx.export(Yolo().eval(), torch.rand(1, 3, side, side), path, opset_version=13,
                      input_names=["image"])


main()
