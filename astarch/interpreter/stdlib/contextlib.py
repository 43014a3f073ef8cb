"""``contextlib``."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives import contexts
from ..natives.describing import native
from ..values import Builtin


def _class(name: str, host: type) -> Any:
    """A class of contexts; the program may derive from it."""
    return native(
        name, host, "contextlib", make=lambda m, *args, **kwargs: host(*args, **kwargs),
        stores="enter_context push callback pop_all close" if host is contexts.ExitStack else "",
        operations="enter exit call",
    )  # fmt: skip


_NAMES = {
    "nullcontext": _class("nullcontext", contexts.Null), "suppress": _class("suppress", contexts.Suppress),
    "closing": _class("closing", contexts.Closing), "redirect_stdout": _class("redirect_stdout", contexts.Redirect),
    "ExitStack": _class("ExitStack", contexts.ExitStack),
    "_GeneratorContextManager": _class("_GeneratorContextManager", contexts.GeneratorContext),
}  # fmt: skip


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        **_NAMES, "redirect_stderr": _NAMES["redirect_stdout"], "AsyncExitStack": _NAMES["ExitStack"], "aclosing": _NAMES["closing"],
        "AbstractContextManager": contexts.ABSTRACT_CONTEXT, "AbstractAsyncContextManager": contexts.ABSTRACT_ASYNC_CONTEXT,
        "ContextDecorator": contexts.CONTEXT_DECORATOR, "contextmanager": Builtin("contextmanager", contexts.context_manager, True),
        "asynccontextmanager": Builtin("asynccontextmanager", contexts.context_manager, True),
    }  # fmt: skip
