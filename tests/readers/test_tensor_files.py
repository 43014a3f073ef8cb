"""GGUF and numpy files as their own libraries write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGUFWriter

import astarch


def test_gguf(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    writer = GGUFWriter(str(path), "gpt2")
    writer.add_block_count(2)
    writer.add_head_count(4)
    writer.add_token_list([f"t{place}" for place in range(100)])
    writer.add_tensor("blk.0.attn_qkv.weight", np.zeros((48, 16), np.float32))
    writer.add_tensor("token_embd.weight", np.zeros((40, 16), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    read = astarch.read(str(path))
    assert {key: (item.shape, item.dtype) for key, item in read.parameters.items()} == {
        "blk.0.attn_qkv.weight": ((48, 16), "float32"),
        "token_embd.weight": ((40, 16), "float16"),
    }
    assert read.modules[""].type == "gpt2"
    assert read.modules[""].arguments["gpt2.block_count"] == 2


def test_numpy(tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    np.savez(path, **{"fc.weight": np.zeros((3, 4), np.float32), "fc.bias": np.zeros(3, np.int64)})
    found = {key: (item.shape, item.dtype) for key, item in astarch.read(str(path)).parameters.items()}
    assert found == {"fc.weight": ((3, 4), "float32"), "fc.bias": ((3,), "int64")}
