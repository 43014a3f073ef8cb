"""Progress bars, where their source is not at hand: what they are given, item by item."""

from __future__ import annotations

from typing import Any

from ...interpreter.values import CURRENT
from ...ir.unknown import Reason
from ..describe import RUN
from .native import derivable, native


@derivable("tqdm.tqdm", "tqdm.auto.tqdm", "tqdm.notebook.tqdm", "tqdm.autonotebook.tqdm", module="tqdm.std")
class tqdm:
    """The items of a sequence, and nothing that matters beside."""

    def __init__(self, iterable: Any = None, *args: Any, **kwargs: Any) -> None:
        self.__dict__["iterable"] = iterable

    def __iter__(self) -> Any:
        return CURRENT.get().iterate(self.__dict__["iterable"])

    def __len__(self) -> Any:
        return CURRENT.get().length(self.__dict__["iterable"])

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        return RUN.get().unknown(Reason.EXTERNAL, f"tqdm.{name}")

    def update(self, *args: Any, **kwargs: Any) -> None:
        pass

    set_description = set_description_str = set_postfix = set_postfix_str = close = refresh = reset = clear = display = update

    @staticmethod
    def write(*args: Any, **kwargs: Any) -> None:
        pass


@native("tqdm.trange", "tqdm.auto.trange", "tqdm.notebook.trange")
def trange(*args: Any, **kwargs: Any) -> Any:
    """The numbers of a `range`."""
    return range(*args) if all(type(one) is int for one in args) else RUN.get().unknown(Reason.EXTERNAL, "trange")
