"""Names that are spelled otherwise than where they come from, or not there at all."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from ..source import Edit, Source, inside, is_own, last, layers, lines_of, methods, readers, simple, within


def renamed_attribute(source: Source) -> Iterator[Edit]:
    """An attribute is assigned under another name."""
    for function in source.constructors():
        for statement, node in within(function, ast.Attribute):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_own(node):
                yield source.replace(node, f"self.{node.attr}_", statement, f"self.{node.attr} assigned as self.{node.attr}_")


def misspelled_attribute(source: Source) -> Iterator[Edit]:
    """An attribute is read under another name."""
    for function in source.forwards():
        for statement, node in within(function, ast.Attribute):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and is_own(node):
                yield source.replace(node, f"self.{node.attr}_", statement, f"self.{node.attr} read as self.{node.attr}_")


def misspelled_member(source: Source) -> Iterator[Edit]:
    """An attribute of something else than ``self`` is read under another name: of a configuration, a shape."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Attribute):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and not is_own(node):
                end = source.end(node)
                yield Edit(end, end, "_", lines_of(statement), f".{node.attr} read as .{node.attr}_")


def misspelled_name(source: Source) -> Iterator[Edit]:
    """A local name is read under another name."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Name):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id != "self" and node.id.islower():
                yield source.replace(node, f"{node.id}_", statement, f"{node.id} read as {node.id}_")


def renamed_result(source: Source) -> Iterator[Edit]:
    """What is computed gets another name than the one that is read."""
    for function in (*source.constructors(), *source.forwards()):
        for statement in simple(function):
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                name = statement.targets[0]
                yield source.replace(name, f"{name.id}_", statement, f"{name.id} assigned as {name.id}_")


def misspelled_keyword(source: Source) -> Iterator[Edit]:
    """An argument of a layer or a call is given by another name."""
    calls = [
        (statement, node) for function in source.forwards() for statement, node in within(function, ast.Call) if isinstance(node, ast.Call)
    ]
    for statement, call in {id(call): (statement, call) for statement, call in (*layers(source), *calls)}.values():
        for keyword in call.keywords:
            if keyword.arg:
                start = source.start(keyword)
                name = keyword.arg[:-1] if len(keyword.arg) > 4 else f"{keyword.arg}s"
                yield Edit(start, start + len(keyword.arg), name, lines_of(statement), f"{keyword.arg} of {last(call)} spelled {name}")


def misspelled_layer(source: Source) -> Iterator[Edit]:
    """A layer is called by another name."""
    for statement, call in layers(source):
        name = last(call)
        wrong = name[:-1] + name[-1].swapcase() if name[-1].isalpha() else f"{name}x"
        text = f"{source.said(call.func.value)}.{wrong}" if isinstance(call.func, ast.Attribute) else wrong
        if "\n" not in source.said(call.func):
            yield source.replace(call.func, text, statement, f"{name} spelled {wrong}")


def misspelled_function(source: Source) -> Iterator[Edit]:
    """A function of a module, or a method, is called by another name."""
    for function in source.forwards():
        for statement, node in within(function, ast.Call):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not is_own(node.func):
                end = source.end(node.func)
                if node.func.attr[:1].islower():
                    yield Edit(end - 1, end, "", lines_of(statement), f"{node.func.attr} spelled {node.func.attr[:-1]}")


def misspelled_method(source: Source) -> Iterator[Edit]:
    """A method is defined under another name: ``foward``."""
    for cls in source.classes():
        for method in methods(cls):
            start = source.text.index(method.name, source.start(method) + len("def"))
            wrong = method.name[:2] + method.name[3:] if len(method.name) > 3 else f"{method.name}_"
            what = f"{method.name} defined as {wrong}"
            yield Edit(start, start + len(method.name), wrong, lines_of(method), what, inside(method))


def misspelled_parameter(source: Source) -> Iterator[Edit]:
    """A parameter has another name than the one that is read."""
    for function in (*source.constructors(), *source.forwards()):
        for item in function.args.args[1:]:
            start = source.start(item)
            what = f"{item.arg} of {function.name} named {item.arg}_"
            yield Edit(start, start + len(item.arg), f"{item.arg}_", lines_of(item), what, readers(function, item.arg))


def misspelled_key(source: Source) -> Iterator[Edit]:
    """A key, a word, a name in quotes is another one."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Constant):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                yield source.replace(node, repr(f"{node.value}_"), statement, f"{node.value!r} spelled {node.value + '_'!r}")


def removed_import(source: Source) -> Iterator[Edit]:
    """Something is not imported."""
    for node in source.tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and getattr(node, "module", "") != "__future__":
            yield source.replace(node, "pass", node, f"{source.said(node).splitlines()[0]} removed")


def misspelled_import(source: Source) -> Iterator[Edit]:
    """Something is imported under another name."""
    for node in source.tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and getattr(node, "module", "") != "__future__":
            for item in node.names:
                start = source.start(item) + len(item.name)
                yield Edit(start, start, "_", lines_of(node), f"{item.name} imported as {item.name}_")


def removed_self(source: Source) -> Iterator[Edit]:
    """``self.`` is forgotten."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Attribute):
            if isinstance(node, ast.Attribute) and is_own(node):
                yield source.replace(node, node.attr, statement, f"self. of {node.attr} forgotten")


KINDS: tuple[Callable[[Source], Iterator[Edit]], ...] = (
    renamed_attribute, misspelled_attribute, misspelled_member, misspelled_name, renamed_result, misspelled_keyword, misspelled_layer,
    misspelled_function, misspelled_method, misspelled_parameter, misspelled_key, removed_import, misspelled_import, removed_self,
)  # fmt: skip
