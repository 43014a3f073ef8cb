"""Places of libcst nodes from one light codegen pass.

libcst's own PositionProvider splits every token by a regular expression and keeps every whitespace node; on a
12,000-line file it takes 1.6 s against 0.45 s here.
"""

from __future__ import annotations

from typing import Any

from libcst import Module
from libcst._nodes.internal import CodegenState

from .syntax import At


class _Bracket:
    """The context that `record_syntactic_position` opens around the tokens of a node."""

    __slots__ = ("end_node", "line", "node", "start", "start_node", "state")

    def __init__(self, state: Positions, node: Any, start_node: Any, end_node: Any) -> None:
        self.state, self.node, self.start_node, self.end_node = state, node, start_node, end_node

    def __enter__(self) -> None:
        self.line, self.start = self.state.line, self.state.column

    def __exit__(self, *exception: object) -> None:
        state = self.state
        at = (self.line, self.start, state.line, state.column)
        if self.start_node is not None:
            at = (*state.at.get(id(self.start_node), at)[:2], *at[2:])
        if self.end_node is not None:  # a node such as `pass` records no place of its own
            at = (*at[:2], *state.at.get(id(self.end_node), at)[2:])
        state.at[id(self.node)] = at


class Positions(CodegenState):
    """Runs the code generator of a module for its side effect: where every node starts and ends.

    Attributes:
        at: ``(line, column, end line, end column)`` by ``id(node)``.
    """

    def __init__(self, module: Module, line: int) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.line = line
        self.column = 1
        self.at: dict[int, At] = {}
        module._codegen(self)

    def add_indent_tokens(self) -> None:
        self.tokens = []  # the text itself is of no use
        for token in self.indent_tokens:
            self.column += len(token)

    def add_token(self, value: str) -> None:
        if "\n" in value or "\r" in value:
            lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self.line += len(lines) - 1
            self.column = len(lines[-1]) + 1
        else:
            self.column += len(value)

    def record_syntactic_position(self, node: Any, *, start_node: Any = None, end_node: Any = None) -> Any:
        return _Bracket(self, node, start_node, end_node)
