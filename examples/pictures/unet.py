"""A UNet: what the way down finds is kept and joined to the way up."""

import torch
from torch import nn


class Double(nn.Sequential):
    def __init__(self, before, after):
        super().__init__(
            nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(),
            nn.Conv2d(after, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(),
        )


class UNet(nn.Module):
    def __init__(self, classes=2, widths=(64, 128, 256)):
        super().__init__()
        self.down = nn.ModuleList([Double(before, after) for before, after in zip((3, *widths), widths)])
        self.pool = nn.MaxPool2d(2)
        self.middle = Double(widths[-1], 2 * widths[-1])
        self.widen = nn.ModuleList([nn.ConvTranspose2d(2 * width, width, 2, stride=2) for width in reversed(widths)])
        self.up = nn.ModuleList([Double(2 * width, width) for width in reversed(widths)])
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x):
        kept = []
        for block in self.down:
            x = block(x)
            kept.append(x)
            x = self.pool(x)
        x = self.middle(x)
        for widen, block, skip in zip(self.widen, self.up, reversed(kept)):
            x = block(torch.cat([skip, widen(x)], dim=1))
        return self.head(x)
