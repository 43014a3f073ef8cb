"""Two convolution blocks and a classifier for 3×32×32 pictures."""

import torch
from torch import nn


def block(channels_in: int, channels_out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, padding=1),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )


class TwoBlockCNN(nn.Module):
    def __init__(self, classes: int = 10):
        super().__init__()
        self.block1 = block(3, 64)
        self.block2 = block(64, 128)
        self.drop = nn.Dropout(0.5)
        self.fc = nn.Linear(128 * 8 * 8, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.block2(self.block1(x))
        return self.fc(self.drop(torch.flatten(x, 1)))
