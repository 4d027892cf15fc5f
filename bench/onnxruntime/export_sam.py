"""Writes an encoder like EfficientSAM-tiny's (random weights) as ONNX, to be timed by run.mjs.

    python3 export_sam.py sam_encoder.onnx        (needs Debian's python3-torch)
"""

import sys

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        n, tokens, width = x.shape
        qkv = self.qkv(self.norm1(x)).reshape(n, tokens, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1) * (width // self.heads) ** -0.5).softmax(-1)
        x = x + self.proj((weights @ v).transpose(1, 2).reshape(n, tokens, width))
        return x + self.mlp(self.norm2(x))


class ChannelNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.LayerNorm(channels, eps=1e-6)

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Encoder(nn.Module):
    def __init__(self, width=192, heads=3, grid=64):
        super().__init__()
        self.grid = grid
        self.patches = nn.Conv2d(3, width, 16, 16)
        self.positions = nn.Parameter(torch.randn(1, grid * grid, width))
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(12)])
        self.neck = nn.Sequential(
            nn.Conv2d(width, 256, 1, bias=False),
            ChannelNorm(256),
            nn.Conv2d(256, 256, 3, padding=1, bias=False),
            ChannelNorm(256),
        )

    def forward(self, image):
        x = self.patches(image).flatten(2).transpose(1, 2) + self.positions
        return self.neck(self.blocks(x).transpose(1, 2).reshape(1, -1, self.grid, self.grid))


torch.onnx.export(Encoder().eval(), torch.rand(1, 3, 1024, 1024), sys.argv[1], opset_version=17)
