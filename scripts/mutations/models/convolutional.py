"""Networks of convolutions: residual blocks, a U with skips, squeeze and excitation, branches that are joined."""

import torch
import torch.nn.functional as F
from torch import nn


class Residual(nn.Module):
    expansion = 2

    def __init__(self, inplanes, planes, stride=1, groups=1):
        super().__init__()
        out = planes * self.expansion
        self.conv1 = nn.Conv2d(inplanes, planes, kernel_size=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, kernel_size=3, stride=stride, padding=1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = None
        if stride != 1 or inplanes != out:
            self.shortcut = nn.Sequential(nn.Conv2d(inplanes, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        identity = x
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        if self.shortcut is not None:
            identity = self.shortcut(x)
        y += identity
        return self.relu(y)


class ResidualNet(nn.Module):
    def __init__(self, layers=(1, 2), width=8, groups=2, num_classes=10):
        super().__init__()
        self.inplanes = width
        self.groups = groups
        self.stem = nn.Conv2d(3, self.inplanes, kernel_size=7, stride=2, padding=3, bias=False)
        self.norm = nn.BatchNorm2d(self.inplanes)
        self.pool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(width, layers[0])
        self.layer2 = self._make_layer(width * 2, layers[1], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(width * 2 * Residual.expansion, num_classes)

    def _make_layer(self, planes, blocks, stride=1):
        layers = [Residual(self.inplanes, planes, stride, self.groups)]
        self.inplanes = planes * Residual.expansion
        for _ in range(1, blocks):
            layers.append(Residual(self.inplanes, planes, groups=self.groups))
        return nn.Sequential(*layers)

    def forward(self, x):
        x = self.pool(F.relu(self.norm(self.stem(x))))
        x = self.layer1(x)
        x = self.layer2(x)
        x = torch.flatten(self.avgpool(x), 1)
        return self.fc(x)


class Double(nn.Sequential):
    def __init__(self, wide_in, wide_out):
        super().__init__(
            nn.Conv2d(wide_in, wide_out, 3, padding=1),
            nn.BatchNorm2d(wide_out),
            nn.ReLU(),
            nn.Conv2d(wide_out, wide_out, 3, padding=1),
            nn.ReLU(),
        )


class UShape(nn.Module):
    def __init__(self, channels=3, classes=2, widths=(8, 16, 32)):
        super().__init__()
        self.down = nn.ModuleList()
        self.up = nn.ModuleList()
        self.grow = nn.ModuleList()
        for width in widths:
            self.down.append(Double(channels, width))
            channels = width
        for wide, narrow in zip(widths[:0:-1], widths[-2::-1]):
            self.grow.append(nn.ConvTranspose2d(wide, narrow, kernel_size=2, stride=2))
            self.up.append(Double(narrow * 2, narrow))
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x):
        skips = []
        for block in self.down[:-1]:
            x = block(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = self.down[-1](x)
        for grow, up, skip in zip(self.grow, self.up, reversed(skips)):
            x = torch.cat([skip, grow(x)], dim=1)
            x = up(x)
        return self.head(x)


class Squeeze(nn.Module):
    def __init__(self, channels, reduction=4):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.reduce = nn.Linear(channels, channels // reduction)
        self.expand = nn.Linear(channels // reduction, channels)

    def forward(self, x):
        b, c, _, _ = x.shape
        s = self.pool(x).view(b, c)
        s = torch.sigmoid(self.expand(F.relu(self.reduce(s))))
        return x * s.view(b, c, 1, 1)


class Branches(nn.Module):
    def __init__(self, channels=8, size=12, classes=5):
        super().__init__()
        self.one = nn.Conv2d(1, channels, 1)
        self.three = nn.Conv2d(1, channels, 3, padding=1)
        self.five = nn.Conv2d(1, channels, 5, padding=2)
        self.gate = Squeeze(3 * channels)
        self.mix = nn.Sequential(nn.Conv2d(3 * channels, channels, 3), nn.ReLU(), nn.MaxPool2d(2))
        self.fc1 = nn.Linear(channels * ((size - 2) // 2) ** 2, 32)
        self.fc2 = nn.Linear(32, classes)
        self.register_buffer("scale", torch.ones(1, 3 * channels, 1, 1))

    def forward(self, x):
        one, three = self.one(x), self.three(x)
        five = self.five(x)
        y = self.gate(torch.cat((one, three, five), 1)) * self.scale
        y = self.mix(y)
        y = y.view(y.size(0), -1)
        y = F.relu(self.fc1(y))
        return F.log_softmax(self.fc2(y), dim=1)


RUNS = {
    "ResidualNet()": [((2, 3, 64, 64), "float32")],
    "UShape()": [((1, 3, 32, 32), "float32")],
    "Branches()": [((2, 1, 12, 12), "float32")],
}
