"""Files made to harm or broken on the way end in a refusal: soon, in little memory, with nothing opened, imported or run."""

from __future__ import annotations

import io
import json
import pickle
import resource
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import pytest

import astarch
from astarch.errors import ReadError


class Evil:
    def __reduce__(self) -> Any:
        import os

        return os.system, ("touch /tmp/astarch-was-here",)


EVIL = pickle.dumps({"weight": Evil()}, 2)
PLAIN = pickle.dumps({"weight": 1}, 2)
OLD = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def wrong_sum() -> bytes:
    """The sum in the central directory and the header is another than that of the content."""
    good = zipped(("m/data.pkl", PLAIN))
    return good.replace(struct.pack("<I", zlib.crc32(PLAIN)), struct.pack("<I", 1))


def script(code: bytes) -> bytes:
    """TorchScript with this code."""
    return zipped(("m/data.pkl", PLAIN), ("m/constants.pkl", PLAIN), ("m/code/__torch__/a.py", code), method=zipfile.ZIP_DEFLATED)


def deep_pickle() -> bytes:
    return b"\x80\x02" + b"(" * 200_000 + b"t" * 200_000 + b"."


def laughs() -> bytes:
    """A list of two of the same list, sixty times."""
    return b"\x80\x02]q\x00" + b"".join(b"]q%c(h%ch%ce" % (n + 1, n, n) for n in range(60)) + b"."


def varint(value: int) -> bytes:
    found = b""
    while value >= 0x80:
        found += bytes([value & 0x7F | 0x80])
        value >>= 7
    return found + bytes([value])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def nested_onnx(depth: int) -> bytes:
    graph = b""
    for _ in range(depth):
        graph = field(1, field(4, b"If") + field(5, field(1, b"then_branch") + b"\xa0\x01\x05" + field(6, graph)))
    return b"\x08\x08" + field(7, graph)


def recursive_onnx() -> bytes:
    call = field(4, b"F") + field(7, b"own") + field(1, b"x") + field(2, b"y")
    function = field(1, b"F") + field(10, b"own") + field(4, b"x") + field(5, b"y") + field(7, call) + field(7, call)
    return b"\x08\x08" + field(7, field(1, call)) + field(25, function)


def outside_onnx() -> bytes:
    tensor = b"\x08\x04\x10\x01" + field(8, b"w") + field(13, field(1, b"location") + field(2, b"../../etc/passwd")) + b"\x70\x01"
    return b"\x08\x08" + field(7, field(5, tensor) + field(1, field(4, b"Relu") + field(1, b"w") + field(2, b"y")))


def recursive_saved_model() -> bytes:
    call = field(1, b"c") + field(2, b"StatefulPartitionedCall") + field(5, field(1, b"f") + field(2, field(10, field(1, b"f"))))
    function = field(1, field(1, b"f") + field(3, field(1, b"o"))) + field(3, call) + field(4, field(1, b"o") + field(2, b"c:output:0"))
    signature = field(5, field(1, b"serving_default") + field(2, field(2, field(1, b"o") + field(2, field(1, b"c:0")))))
    return field(2, field(2, field(1, call) + field(2, field(1, function))) + signature)


def long_graph(count: int) -> bytes:
    """A frozen graph in which each step takes the one before."""
    steps = (field(1, field(1, b"n%d" % n) + field(2, b"Relu") + field(3, b"n%d" % (n - 1))) for n in range(1, count))
    return field(1, field(1, b"n0") + field(2, b"Placeholder")) + b"".join(steps)


def header(data: Any) -> bytes:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return struct.pack("<Q", len(text)) + text


TENSOR = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}

#: Names and contents; everything here is refused.
FILES: dict[str, bytes | Callable[[], bytes]] = {
    "empty.pt": b"",
    "pointer.safetensors": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    "page.onnx": b"<!DOCTYPE html><html>404</html>",
    "page.pt": b"\n <html><body>Not found</body>",
    "evil.pt": zipped(("m/data.pkl", EVIL)),
    "evil_old.pt": OLD + EVIL + pickle.dumps([], 2),
    "evil_bare.pkl.pt": EVIL,
    "evil_protocol0.pt": pickle.dumps({"a": Evil()}, 0),
    "evil_protocol5.pt": pickle.dumps({"a": Evil()}, 5),
    "evil_second_pickle.pt": PLAIN + EVIL,
    "evil_second_member.pt": zipped(("m/data.pkl", PLAIN), ("m/more.pkl", EVIL)),
    "evil_after_stop.pt": zipped(("m/data.pkl", PLAIN + EVIL)),
    "evil_broken_after.pt": zipped(("m/data.pkl", EVIL[:-1] + b"\xff\xff")),
    "evil_script.pt": zipped(("m/data.pkl", EVIL), ("m/constants.pkl", PLAIN), ("m/code/__torch__/a.py", b"x = 1")),
    "evil_constants.pt": zipped(("m/data.pkl", PLAIN), ("m/constants.pkl", EVIL), ("m/code/__torch__/a.py", b"x = 1")),
    "deep_code.pt": lambda: script(b"x = " + b"(" * 50_000 + b"1" + b")" * 50_000),
    "long_sum.pt": lambda: script(b"x = " + b"1+" * 100_000 + b"1"),
    "long_code.pt": lambda: script(b"x = 1\n" * 600_000),
    "wide_code.pt": lambda: script(b"x = [" + b"a," * 1_900_000 + b"]"),
    "large_code.pt": lambda: script(b"#" * 100_000_000),
    "evil_dotted.pt": zipped(("m/data.pkl", b"\x80\x04\x8c\x13torch.serialization\x8c\x09os.system\x93\x8c\x02ls\x85R.")),
    "evil_getattr.pt": zipped(("m/data.pkl", b"\x80\x02cbuiltins\ngetattr\ncmath\nsqrt\nX\x01\x00\x00\x00a\x86R)R.")),
    "nested_torch_load.pt": zipped(("m/data.pkl", b"\x80\x02ctorch.storage\n_load_from_bytes\nC\x01a\x85R.")),
    "twice_first.pt": zipped(("m/data.pkl", EVIL), ("m/data.pkl", PLAIN)),
    "twice_last.pt": zipped(("m/data.pkl", PLAIN), ("m/data.pkl", EVIL)),
    "two_roots.pt": zipped(("a/data.pkl", PLAIN), ("b/data.pkl", EVIL)),
    "wrong_sum.pt": wrong_sum,
    "cut_zip.pt": zipped(("m/data.pkl", PLAIN))[:40],
    "cut_pickle.pt": zipped(("m/data.pkl", PLAIN[:-6])),
    "cut_old.pt": OLD + PLAIN[:-3],
    "bomb.pt": lambda: zipped(("m/data.pkl", b"\x80\x02" + b"N0" * 100_000_000 + b"N."), method=zipfile.ZIP_DEFLATED),
    "opcodes.pt": lambda: zipped(("m/data.pkl", b"\x80\x02" + b"N0" * 20_000_000 + b"N.")),
    "deep.pt": deep_pickle,
    "laughs.pt": laughs,
    "long_text.pt": zipped(("m/data.pkl", b"\x80\x04\x8d" + struct.pack("<Q", 1 << 60))),
    "long_number.pt": zipped(("m/data.pkl", b"\x80\x02\x8b" + struct.pack("<I", 1 << 30) + b"\1" * 2000 + b".")),
    "no_storage.pt": lambda: zipped(("m/data.pkl", tensor_pickle(4))),
    "short_storage.pt": lambda: zipped(("m/data.pkl", tensor_pickle(4)), ("m/data/0", b"1234")),
    "outside_storage.pt": lambda: zipped(("m/data.pkl", tensor_pickle(400)), ("m/data/0", b"0" * 16)),
    "long_header.safetensors": struct.pack("<Q", 99_999_999) + b"{}",
    "huge_header.safetensors": struct.pack("<Q", 1 << 63) + b"{}",
    "twice.safetensors": header(
        b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    )
    + b"0" * 8,
    "hole.safetensors": header({"a": {**TENSOR, "data_offsets": [8, 16]}}) + b"0" * 16,
    "overlap.safetensors": header({"a": TENSOR, "b": {**TENSOR, "data_offsets": [4, 12]}}) + b"0" * 12,
    "wrong_size.safetensors": header({"a": {**TENSOR, "shape": [3]}}) + b"0" * 8,
    "overflow.safetensors": header({"a": {**TENSOR, "shape": [1 << 61, 1 << 61]}}) + b"0" * 8,
    "cut.safetensors": header({"a": TENSOR}) + b"0" * 4,
    "deep.safetensors": header(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "shards.safetensors.index.json": json.dumps({"weight_map": {"a": "../secret.safetensors"}}).encode(),
    "nested.onnx": lambda: nested_onnx(3000),
    "nested_little.onnx": lambda: nested_onnx(45),
    "recursive.onnx": recursive_onnx,
    "cut.onnx": b"\x08\x08" + b"\x3a\xff\x7f" + b"\x0a\x02",
    "long.onnx": b"\x08\x08\x3a" + varint(1 << 50),
    "noise.onnx": bytes(range(256)) * 20,
    "noise.pb": bytes(range(255, -1, -1)) * 20,
    "recursive/saved_model.pb": recursive_saved_model,
    "cut/saved_model.pb": b"\x12\xff\xff\x7f",
    "long.pb": lambda: long_graph(250_000),
    "long.meta": lambda: field(2, long_graph(250_000)),
    "long/saved_model.pb": lambda: field(2, field(2, long_graph(250_000))),
    "noise.index": b"0" * 100,
    "noise.tflite": b"\x1c\0\0\0TFL3" + b"\xff" * 200,
    "cut.tflite": b"\x1c\0\0\0TFL3",
    "counts.gguf": b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1 << 60),
    "text.gguf": b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 60),
    "lists.gguf": b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<I", 9) + struct.pack("<IQ", 9, 1) * 9,
    "cut.gguf": b"GGUF\3\0",
    "cut.h5": b"\x89HDF\r\n\x1a\n" + b"\0" * 100,
    "objects.npz": zipped(
        ("a.npy", b"\x93NUMPY\1\0" + struct.pack("<H", 60) + b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}     \n" + EVIL)
    ),
    "config.keras": zipped(("config.json", b"[" * 5000), ("metadata.json", b"{}")),
    "bomb.keras": lambda: zipped(("config.json", b" " * 100_000_000), ("metadata.json", b"{}"), method=zipfile.ZIP_DEFLATED),
    "text.pt": b"just some text",
}


def tensor_pickle(count: int) -> bytes:
    """A state dict with one tensor over a storage of four elements."""
    storage = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQ"
    size = b"M" + struct.pack("<H", count)
    return b"\x80\x02}X\x01\x00\x00\x00a(ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\x00" + size + b"\x85K\x01\x85\x89NtRu."


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content() if callable(content) else content)
    with h5py.File(folder / "external_link.h5", "w") as file:
        file["model_weights"] = h5py.ExternalLink("/etc/passwd", "/x")
    with h5py.File(folder / "soft_link.h5", "w") as file:
        file["layers"] = h5py.SoftLink("/elsewhere")
    with h5py.File(folder / "raw.h5", "w") as file:
        file.create_dataset("layers/a/vars/0", (4,), "f4", external=[("/etc/passwd", 0, 16)])
    with h5py.File(folder / "virtual.h5", "w") as file:
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource("/etc/hostname", "x", (4,))
        file.create_virtual_dataset("layers", layout)
    return folder


MADE = ("external_link.h5", "soft_link.h5", "raw.h5", "virtual.h5")

#: Runs in a process of its own with 1 GiB, and reports what the audit hook saw.
GUARD = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
import encodings.cp437, h5py, json, zipfile, astarch.api, astarch.readers.saved
from importlib import import_module
for name in astarch.readers.saved.READERS: import_module(f"astarch.readers.{name}")
from astarch.errors import ReadError
seen, allowed, active = [], "", False
def hook(event, arguments):
    if not active: return
    if event == "open" and isinstance(arguments[0], str) and not arguments[0].startswith(allowed): seen.append(f"open {arguments[0]}")
    elif event in ("exec", "os.system", "subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "socket.connect", "marshal.loads",
                   "pickle.find_class", "ctypes.dlopen", "os.remove", "os.rename"): seen.append(event)
    elif event == "import" and arguments[0].split(".")[0] not in ("astarch", "h5py", "numpy", "encodings", "difflib"):
        seen.append(f"import {arguments[0]}")
sys.addaudithook(hook)
for path in sys.argv[1:]:
    allowed = path.rsplit("/", 1)[0]
    start, said, seen[:] = time.perf_counter(), "read", []
    active = True
    try: astarch.api.read(path)
    except ReadError as error: said = f"refused {error}"
    except BaseException as error: said = f"{type(error).__name__} {error}"
    active = False
    print(json.dumps([path, said, time.perf_counter() - start, seen]), flush=True)
"""


@pytest.fixture(scope="module")
def answers(hostile: Path) -> dict[str, Any]:
    files = [str(hostile / name) for name in (*FILES, *MADE)]
    done = subprocess.run([sys.executable, "-c", GUARD, *files], capture_output=True, text=True, check=False, timeout=300)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(files), f"stopped after {lines[-1:]}: {done.returncode} {done.stderr[-2000:]}"
    return {str(Path(path).relative_to(hostile)): (said, seconds, seen) for path, said, seconds, seen in lines}


@pytest.mark.parametrize("name", [*FILES, *MADE])
def test_is_refused(answers: dict[str, Any], name: str) -> None:
    said, seconds, seen = answers[name]
    assert said.startswith("refused"), said
    assert Path(name).name.split("/")[-1] in said
    assert seconds < 5
    assert not seen
    assert not Path("/tmp/astarch-was-here").exists()


def test_reasons(answers: dict[str, Any]) -> None:
    """A few refusals in their words."""
    for name, word in {
        "evil.pt": "runs code when it is loaded: it calls posix.system",
        "evil_broken_after.pt": "posix.system",
        "evil_second_pickle.pt": "posix.system",
        "twice_first.pt": "two members named",
        "wrong_sum.pt": "CRC",
        "bomb.pt": "bomb",
        "pointer.safetensors": "git lfs pull",
        "page.onnx": "web page",
        "empty.pt": "empty",
        "external_link.h5": "links",
        "raw.h5": "another file",
        "objects.npz": "pickled objects",
        "recursive.onnx": "call one another",
    }.items():
        assert word in answers[name][0]


def test_external_data_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "outside.onnx"
    path.write_bytes(outside_onnx())
    read = astarch.read(str(path))
    assert read.parameters["w"].shape == (4,)
    assert any("not opened" in item.message for item in read.assumptions)


def test_lambda_is_not_read(tmp_path: Path) -> None:
    import marshal

    code = {"class_name": "__lambda__", "config": {"code": marshal.dumps(compile("1", "", "eval")).hex()}}
    layer = {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "evil", "function": code}}
    config = {"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [layer]}}
    path = tmp_path / "lambda.keras"
    path.write_bytes(zipped(("config.json", json.dumps(config).encode()), ("metadata.json", b"{}")))
    read = astarch.read(str(path))
    assert read.modules["evil"].arguments["function"] == "(code)"
    assert any("which is not read" in item.message for item in read.assumptions)


def test_large_files_are_not_touched(tmp_path: Path) -> None:
    """Ten gigabytes of safetensors and a sparse ONNX file in under a second."""
    tensors = tmp_path / "large.safetensors"
    size = 10 << 30
    start = header({"weight": {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}})
    with tensors.open("wb") as file:
        file.write(start)
        file.truncate(len(start) + size)
    model = tmp_path / "large.onnx"
    data = 1_500_000_000
    inner = b"\x08" + varint(data // 4) + b"\x10\x01" + field(8, b"w") + varint(9 << 3 | 2) + varint(data)
    tensor = varint(5 << 3 | 2) + varint(len(inner) + data) + inner
    node = field(1, field(4, b"Relu") + field(1, b"w") + field(2, b"y"))
    whole = b"\x08\x08" + varint(7 << 3 | 2) + varint(len(tensor) + data + len(node)) + tensor
    with model.open("wb") as file:
        file.write(whole)
        file.seek(data, io.SEEK_CUR)
        file.write(node)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    assert astarch.read(str(tensors)).parameters["weight"].shape == (size // 4,)
    assert [node.target for node in astarch.read(str(model)).graph][:2] == ["w", "Relu"]
    assert time.perf_counter() - begin < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_missing_and_folders(tmp_path: Path) -> None:
    for target in (tmp_path / "none.onnx", tmp_path / "empty.pt2"):
        with pytest.raises(ReadError, match="no saved model"):
            astarch.read(str(target))
    (tmp_path / "folder.pt").mkdir()
    with pytest.raises(ReadError, match="folder that holds no saved model"):
        astarch.read(str(tmp_path / "folder.pt"))
