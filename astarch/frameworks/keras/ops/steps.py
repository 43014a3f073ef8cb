"""What is done for every step of a sequence."""

from __future__ import annotations

from typing import Any

from ...describe import multiply, op


@op("keras.src.backend.tensorflow.rnn.rnn")
def steps(outputs: Any, sequences: Any, macs: Any) -> Any:
    """The outputs of a loop over steps, which takes this many products."""
    multiply(macs)
    return outputs
