"""``math``, for numbers and for symbolic sizes."""

from __future__ import annotations

import math
from typing import Any

from ...ir.dim import Dim, Ratio, Real, ceil, divides, floor, truncate
from ...ir.unknown import Reason, Unknown
from ..budget import BudgetSpent
from ..builtins.hosts import CONSTRUCTORS, payload_of
from ..machine import Machine
from ..natives.describing import guarded, known, strict
from ..values import MISSING, Builtin, Instance

_REAL = """acos acosh asin asinh atan atanh cos cosh degrees erf erfc exp exp2 expm1 gamma lgamma log10 log1p log2 cbrt radians sin sinh
    tan tanh fabs"""
_PLAIN = "atan2 copysign fmod frexp hypot isclose ldexp modf nextafter remainder ulp"
_SYMBOLIC = (Dim, Ratio, Real)


def _number(m: Machine, value: Any) -> Any:
    value = payload_of(value)
    if isinstance(value, (str, bytes)):
        raise TypeError(f"must be real number, not {type(value).__name__}")
    return value if isinstance(value, (int, float, *_SYMBOLIC)) else CONSTRUCTORS["float"].function(m, value)


def _real(name: str) -> Builtin:
    function = getattr(math, name)

    def compute(m: Machine, value: Any) -> Any:
        value = _number(m, value)
        if type(value) is Unknown:
            return value
        return Real(f"{name}({value})") if isinstance(value, _SYMBOLIC) else function(value)

    return Builtin(f"math.{name}", compute, True, False)


def _sqrt(m: Machine, value: Any) -> Any:
    value = _number(m, value)
    if type(value) is Unknown:
        return value
    return value**0.5 if isinstance(value, _SYMBOLIC) else math.sqrt(value)


def _log(m: Machine, value: Any, base: Any = None) -> Any:
    numbers = [_number(m, item) for item in (value, base) if item is not None]
    for number in numbers:
        if type(number) is Unknown:
            return number
    if any(isinstance(number, _SYMBOLIC) for number in numbers):
        return Real(f"log({', '.join(map(str, numbers))})")
    return math.log(*numbers)


def _pow(m: Machine, base: Any, exponent: Any) -> Any:
    left, right = _number(m, base), _number(m, exponent)
    for number in (left, right):
        if type(number) is Unknown:
            return number
    return left**right if isinstance(left, _SYMBOLIC) or isinstance(right, _SYMBOLIC) else math.pow(left, right)


def _rounding(name: str, symbolic: Any) -> Any:
    function, method = getattr(math, name), f"__{name}__"

    def compute(m: Machine, value: Any) -> Any:
        if isinstance(value, Instance) and (found := value.py_class.find(method)) is not MISSING:
            return m.call(found, (value,), {})
        number = _number(m, value)
        if type(number) is Unknown:
            return number
        return symbolic(number) if isinstance(number, _SYMBOLIC) else function(number)

    return compute


def _prod(m: Machine, iterable: Any, *, start: Any = 1) -> Any:
    product = start
    for item in m.iterate(iterable):
        product = m.binary("*", product, item)
    return product


def _gcd(m: Machine, *numbers: Any) -> Any:
    result: Any = 0
    for number in map(payload_of, numbers):
        result = _pair_gcd(m, result, number)
        if type(result) is Unknown:
            return result
    return result


def _pair_gcd(m: Machine, left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return math.gcd(left, right)
    for number, other in ((left, right), (right, left)):
        if isinstance(number, int) and number in (0, 1):
            return other if number == 0 else 1
        if divides(number, other):
            return number
    return m.unknown(Reason.UNDECIDED, f"gcd({left}, {right})")


def _lcm(m: Machine, *numbers: Any) -> Any:
    result: Any = 1
    for number in map(payload_of, numbers):
        common = _pair_gcd(m, result, number)
        if type(common) is Unknown:
            return common
        result = result * number // common if common else 0
    return abs(result)


def _require_bits(m: Machine, bits: float) -> None:
    if bits > m.budget.bits:
        raise BudgetSpent(f"a number of {bits:,.0f} binary digits (limit {m.budget.bits:,})")


def _factorial(m: Machine, n: Any) -> Any:
    n = payload_of(n)
    if isinstance(n, int) and n > 1000:
        _require_bits(m, math.lgamma(n) / math.log(2))
    return math.factorial(n)


def _choosing(function: Any) -> Any:
    def compute(m: Machine, n: Any, k: Any = None) -> Any:
        n, k = payload_of(n), payload_of(k)
        if isinstance(n, int) and n > 1000 and (k is None or isinstance(k, int)):
            picked = n if k is None else min(k, n)
            _require_bits(m, max(0, min(picked, n - picked) if function is math.comb else picked) * n.bit_length())
        return function(n) if k is None and function is math.perm else function(n, k)

    return compute


def _isqrt(m: Machine, n: Any) -> Any:
    n = payload_of(n)
    return m.unknown(Reason.UNDECIDED, f"isqrt({n})") if isinstance(n, _SYMBOLIC) else math.isqrt(n)


def _question(name: str, of_size: bool) -> Any:
    def ask(m: Machine, value: Any) -> Any:
        value = _number(m, value)
        if type(value) is Unknown:
            return value
        if isinstance(value, Real):
            return m.unknown(Reason.UNDECIDED, f"{name}({value})")
        return of_size if isinstance(value, _SYMBOLIC) else getattr(math, name)(value)

    return ask


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    names: dict[str, Any] = {name: _real(name) for name in _REAL.split() if hasattr(math, name)}
    names |= guarded(
        "math", sqrt=_sqrt, log=_log, pow=_pow, floor=_rounding("floor", floor), ceil=_rounding("ceil", ceil),
        trunc=_rounding("trunc", truncate), gcd=_gcd, lcm=_lcm, factorial=_factorial, comb=_choosing(math.comb),
        perm=_choosing(math.perm), isqrt=_isqrt, isnan=_question("isnan", False), isinf=_question("isinf", False),
        isfinite=_question("isfinite", True), prod=_prod,
        fsum=lambda m, items: math.fsum(known(m, items)), dist=lambda m, p, q: math.dist(known(m, p), known(m, q)),
    )  # fmt: skip
    names |= strict("math", **{name: _on_payloads(getattr(math, name)) for name in _PLAIN.split()})
    return names | {"pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan}


def _on_payloads(function: Any) -> Any:
    return lambda *args, **kwargs: function(*map(payload_of, args), **kwargs)
