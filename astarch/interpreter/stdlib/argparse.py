"""``argparse``: parsers that are given no command line, so that options have their defaults."""

from __future__ import annotations

import argparse
from typing import Any

from ...ir.unknown import Reason, Unknown
from ..builtins.exceptions import EXCEPTIONS
from ..builtins.hosts import current, payload_of
from ..machine import Machine
from ..natives.collection_mixins import mixed
from ..natives.describing import holds_unknown, native, outside
from ..values import Builtin, Class
from .types import SIMPLE_NAMESPACE

OPAQUE = True
_PARSER_OPTIONS = ("add_help", "allow_abbrev", "conflict_handler", "argument_default", "prefix_chars")
_OPTIONS = ("nargs", "const", "default", "type", "choices", "required", "dest", "action", "version")
NAMESPACE = Class("Namespace", (SIMPLE_NAMESPACE,), mixed("Namespace", contains__=lambda m, self, key: key in self.__dict__), "argparse")
_ACTION = Class("Action", SIMPLE_NAMESPACE.bases, {}, "argparse")


class Parser(argparse.ArgumentParser):
    """The host's parser, which neither prints nor ends the process."""

    def error(self, message: str) -> Any:
        """A command line that does not fit."""
        raise current().error("SystemExit", 2)  # type: ignore[arg-type]

    def exit(self, status: int = 0, message: str | None = None) -> Any:
        """``--help`` and the like."""
        raise current().error("SystemExit", status)  # type: ignore[arg-type]

    def _print_message(self, message: str, file: Any = None) -> None:
        return None


def _parser(m: Machine, *args: Any, **options: Any) -> Parser:
    parents = [payload_of(parent) for parent in m.iterate(options.get("parents") or ())]
    kept = {key: options[key] for key in _PARSER_OPTIONS if key in options}
    return Parser(prog="program", parents=[parent for parent in parents if isinstance(parent, Parser)], **kept)


def _add_argument(m: Machine, self: Any, *names: Any, **options: Any) -> Any:
    container = payload_of(self)
    known = {key: value for key, value in options.items() if key == "default" or type(value) is not Unknown}
    kept = {key: payload_of(value) for key, value in known.items() if key in _OPTIONS}
    if isinstance(kept.get("action"), Class):  # an action of the program's own
        kept.pop("action")
    if holds_unknown(list(names)) is not None:
        return m.unknown(Reason.UNSUPPORTED, "an option with a name that is not known")
    if "choices" in kept:
        kept["choices"] = list(m.iterate(kept["choices"]))
    return container.add_argument(*map(payload_of, names), **kept)


def _subparsers(m: Machine, self: Any, **options: Any) -> Any:
    return payload_of(self).add_subparsers(**{key: options[key] for key in ("dest", "required") if key in options})


def _add_parser(m: Machine, self: Any, name: Any, **options: Any) -> Any:
    parser = _parser(m, **options)
    payload_of(self)._name_parser_map[payload_of(name)] = parser
    return parser


def _from_defaults(m: Machine, parser: Parser) -> dict[str, Any]:
    """What the options are when no command line says otherwise."""
    m.assume("command-line options have their defaults")
    found: dict[str, Any] = {}
    for action in parser._actions:
        if action.dest is argparse.SUPPRESS or (action.default is argparse.SUPPRESS and not action.required):
            continue
        default = action.default
        if action.required or (not action.option_strings and action.nargs not in ("?", "*")):
            default = m.unknown(Reason.OUTSIDE, f"command-line argument {action.dest}")
        elif isinstance(default, str) and action.type is not None:
            default = m.call(action.type, (default,), {})
        elif not action.option_strings and action.nargs == "*" and default is None:
            default = []
        found[action.dest] = default
    return {**parser._defaults, **found} if not found.keys() & parser._defaults.keys() else {**found, **parser._defaults}


def _parsed(m: Machine, self: Any, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
    parser, extra = payload_of(self), []
    if args is None:
        values = _from_defaults(m, parser)
    else:
        given = [payload_of(arg) for arg in m.iterate(args)]
        found, extra = parser.parse_known_args(given, argparse.Namespace())
        values = vars(found)
    made = namespace if namespace is not None else m.call(NAMESPACE, (), {})
    made.__dict__.update({key: value for key, value in values.items() if namespace is None or args is not None or key not in made.__dict__})
    return made, extra


def _parse_args(m: Machine, self: Any, args: Any = None, namespace: Any = None) -> Any:
    if type(args) is Unknown:
        return args
    made, extra = _parsed(m, self, args, namespace)
    if extra:
        raise m.error("SystemExit", 2)  # type: ignore[arg-type]
    return made


def _parse_known(m: Machine, self: Any, args: Any = None, namespace: Any = None) -> Any:
    return args if type(args) is Unknown else _parsed(m, self, args, namespace)


def _exclusive(self: Any, required: Any = False, **options: Any) -> Any:
    return payload_of(self).add_mutually_exclusive_group(required=required)


_ADDING = {"add_argument": Builtin("add_argument", _add_argument, True)}
_GROUPS = {
    "add_argument_group": Builtin("add_argument_group", lambda self, *args, **kwargs: payload_of(self).add_argument_group()),
    "add_mutually_exclusive_group": Builtin("add_mutually_exclusive_group", _exclusive),
}
PARSER = native("ArgumentParser", Parser, "argparse", stores="set_defaults get_default", make=_parser, blank=Parser, extra={
    **_ADDING, **_GROUPS, "add_subparsers": Builtin("add_subparsers", _subparsers, True),
    "parse_args": Builtin("parse_args", _parse_args, True), "parse_known_args": Builtin("parse_known_args", _parse_known, True),
    "error": Builtin("error", lambda m, self, message: payload_of(self).error(message), True),
    "exit": Builtin("exit", lambda m, self, status=0, message=None: payload_of(self).exit(status), True),
    **outside("ArgumentParser", "format_help format_usage print_help print_usage"),
})  # fmt: skip
native("_ArgumentGroup", argparse._ArgumentGroup, "argparse", extra={**_ADDING, **_GROUPS})
native("_MutuallyExclusiveGroup", argparse._MutuallyExclusiveGroup, "argparse", extra={**_ADDING, **_GROUPS})
native("_SubParsersAction", argparse._SubParsersAction, "argparse", extra={"add_parser": Builtin("add_parser", _add_parser, True)})


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        "ArgumentParser": PARSER, "Namespace": NAMESPACE, "Action": _ACTION, "SUPPRESS": argparse.SUPPRESS, "REMAINDER": argparse.REMAINDER,
        "BooleanOptionalAction": argparse.BooleanOptionalAction, "OPTIONAL": "?", "ZERO_OR_MORE": "*", "ONE_OR_MORE": "+",
        "ArgumentTypeError": Class("ArgumentTypeError", (EXCEPTIONS["Exception"],), {}, "argparse"),
        "ArgumentError": Class("ArgumentError", (EXCEPTIONS["Exception"],), {}, "argparse"),
        **{name: getattr(argparse, name) for name in (
            "HelpFormatter", "RawDescriptionHelpFormatter", "RawTextHelpFormatter", "ArgumentDefaultsHelpFormatter")},
    }  # fmt: skip
