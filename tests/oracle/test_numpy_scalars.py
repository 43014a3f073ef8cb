"""A scalar of numpy keeps its width: ``torch.tensor(np.log(2.0))`` is float64, in arithmetic too; a Python number is not."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

import astarch

VALUES = """\
np.log(1 / 0.07)
np.log(1 / 0.07) * 2
2 * np.sqrt(3.0) - 1
-np.sqrt(2.0)
abs(np.sqrt(2.0)) ** 2
np.float64(1) / 3
np.float64(1) / 0
np.float64(0) ** -1
np.float64(-2) ** 0.5
np.float64(3) // 0
np.float64(3) % 0
np.float64(10) ** 400
np.float32(3)
np.int64(3)
np.array(1.5)
np.linspace(0, 1, 4)[1]
np.array([1.0, 2.0]).sum()
np.mean([1.0, 2.0])
[np.sqrt(2.0), 1]
np.float64(2).item()
float(np.log(2.0))
math.log(2.0)
max(np.sqrt(2.0), 1.0)
np.sqrt(2.0) > 1
torch.ones([]) * np.log(2.0)
np.log(2.0) * torch.ones([])
torch.full((2,), np.log(2.0))
int(np.ceil(np.sqrt(5.0)))
"""


@pytest.mark.parametrize("text", VALUES.splitlines())
def test_the_element_type_torch_makes_of_it(text: str, tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(
        "import math\nimport numpy as np\nimport torch\nclass Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.value = torch.nn.Buffer(torch.as_tensor({text}))\n"
    )
    with np.errstate(all="ignore"):
        live = torch.as_tensor(eval(text, {"np": np, "torch": torch, "math": math}))
    found = astarch.read(f"{file}:Net").buffers["value"]
    assert (f"torch.{found.dtype}", tuple(found.shape)) == (str(live.dtype), tuple(live.shape))
