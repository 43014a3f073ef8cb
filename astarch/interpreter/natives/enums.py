"""Enumerations: the metaclass that turns the names of a class body into members."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ...ir.unknown import Unknown
from ..builtins.hosts import CLASS_OF_HOST, OBJECT, TYPE, payload_of
from ..classes import make_class
from ..machine import Machine
from ..values import MISSING, Builtin, CachedProperty, Class, ClassMethod, Function, Instance, Property, StaticMethod
from .describing import extended
from .partials import Cached, Dispatch, PartialMethod

_DESCRIPTORS = (Function, Property, ClassMethod, StaticMethod, CachedProperty, PartialMethod, Cached, Dispatch)


class Auto:
    """``auto()``: a value to be chosen when the class is made; operators on it wait until then."""

    described = True

    def __init__(self, operation: Callable[..., Any] | None = None, *operands: Any) -> None:
        self.operation, self.operands, self.value = operation, operands, MISSING

    def resolve(self, choose: Callable[[], Any]) -> Any:
        """The value; chosen at the first call."""
        if self.value is MISSING:
            if self.operation is None:
                self.value = choose()
            else:
                self.value = self.operation(*[o.resolve(choose) if isinstance(o, Auto) else o for o in self.operands])
        return self.value


def _deferred(name: str) -> None:
    function = getattr(operator, name)
    setattr(Auto, f"__{name.strip('_')}__", lambda self, other: Auto(function, self, other))
    setattr(Auto, f"__r{name.strip('_')}__", lambda self, other: Auto(function, other, self))


for _name in ("add", "sub", "mul", "lshift", "and_", "or_", "xor"):
    _deferred(_name)


class Marked:
    """``member(x)`` or ``nonmember(x)``."""

    described = True

    def __init__(self, value: Any, is_member: bool) -> None:
        self.value, self.is_member = value, is_member


def members_of(cls: Class) -> dict[str, Instance]:
    """All members by name, aliases included."""
    return cls.namespace.get("_member_map_", {})


def is_enum(cls: Any) -> bool:
    """Whether it is a class of members."""
    return isinstance(cls, Class) and cls.metaclass is not None and cls.metaclass.derives(ENUM_META)


def class_text(cls: Class) -> str:
    """``repr`` of a class of members."""
    return f"<{'flag' if cls.derives(FLAG) else 'enum'} {cls.name!r}>"


def _is_member(name: str, value: Any, ignored: Any, owner: str) -> bool:
    if isinstance(value, Marked):
        return value.is_member
    if name in ignored or name.startswith(f"_{owner}__") or (name[:1] == name[-1:] == "_" and name.strip("_")):
        return False
    return not isinstance(value, _DESCRIPTORS) and not (isinstance(value, Instance) and value.py_class.find("__get__") is not MISSING)


def new_enum(m: Machine, meta: Class, name: str, bases: Any, namespace: dict[str, Any], **keywords: Any) -> Class:
    """``EnumType.__new__``."""
    for base in bases:
        if is_enum(base) and members_of(base):
            raise TypeError(f"<enum '{name}'> cannot extend {class_text(base)}")
    ignored = namespace.get("_ignore_", ())
    ignored = ignored.replace(",", " ").split() if isinstance(ignored, str) else ignored
    found = {key: value for key, value in namespace.items() if _is_member(key, value, ignored, name)}
    rest = {key: value.value if isinstance(value, Marked) else value for key, value in namespace.items() if key not in found}
    data_type = _data_type(tuple(bases))
    rest.update(
        {
            "_member_names_": [],
            "_member_map_": {},
            "_value2member_map_": {},
            "_member_type_": data_type or OBJECT,
            "_boundary_": keywords.pop("boundary", None) or next((b.find("_boundary_") for b in bases if b.find("_boundary_")), None),
        }
    )
    custom_new = rest.pop("__new__", MISSING)
    if custom_new is not MISSING:
        rest["_new_member_"] = custom_new if type(custom_new) is StaticMethod else StaticMethod(custom_new)
    cls = make_class(m, meta, name, tuple(bases), rest, keywords)
    _keep_spelling(cls, data_type, namespace)
    values: list[Any] = []
    for key, value in found.items():
        _add_member(m, cls, key, _resolved(m, cls, key, value, values), data_type)
    cls.forget()
    return cls


def _data_type(bases: tuple[Class, ...]) -> Class | None:
    """The class whose values the members are (``str`` in ``class Color(str, Enum)``)."""
    for base in bases:
        for ancestor in base.mro:
            if ancestor.host is not None and ancestor.host is not object:
                return ancestor
            if not is_enum(ancestor) and ("__dataclass_fields__" in ancestor.namespace or "__new__" in ancestor.namespace):
                return ancestor
    return None


def _keep_spelling(cls: Class, data_type: Class | None, namespace: dict[str, Any]) -> None:
    """Members are spelled by the enumeration, not by the type of their values."""
    first = next((base for base in reversed(cls.bases) if is_enum(base)), None)
    if data_type is None or first is None:
        return
    for name in ("__repr__", "__str__", "__format__"):
        if name not in namespace and cls.find(name) in (data_type.find(name), MISSING):
            method = first.find(name)
            if method is not MISSING:
                cls.namespace[name] = method
    cls.forget()


def _resolved(m: Machine, cls: Class, name: str, value: Any, values: list[Any]) -> Any:
    """The value of a member, chosen now if it was left to ``auto()``."""
    value = value.value if isinstance(value, Marked) else value

    def choose() -> Any:
        chooser = cls.find("_generate_next_value_")
        chooser = chooser.function if isinstance(chooser, (StaticMethod, ClassMethod)) else chooser
        return m.call(chooser, (name, 1, len(values), list(values)), {})

    if isinstance(value, Auto):
        value = value.resolve(choose)
    elif type(value) is tuple and any(isinstance(part, Auto) for part in value):
        value = tuple(part.resolve(choose) if isinstance(part, Auto) else part for part in value)
    values.append(value)
    return value


def _add_member(m: Machine, cls: Class, name: str, value: Any, data_type: Class | None) -> None:
    args = value if type(value) is tuple else (value,)
    if data_type is not None and data_type.host is tuple:
        args = (args,)
    maker = cls.find("_new_member_")
    if maker is not MISSING:
        made = m.call(maker.function, (cls, *args), {})
    elif data_type is not None and data_type.host is not None:
        made = extended(m, cls, payload_of(m.call(data_type, args, {})))
    else:
        made = extended(m, cls, None)
    if "_value_" not in made.__dict__:
        made.__dict__["_value_"] = _plain_value(m, made, value, args, data_type)
    start = cls.find("__init__")
    if type(start) is Function or (data_type is not None and data_type.host is None and start is not MISSING):
        m.call(start, (made, *args), {})
    register_member(m, cls, name, made)


def _plain_value(m: Machine, made: Instance, value: Any, args: Any, data_type: Class | None) -> Any:
    if data_type is None:
        return value
    return made.payload if data_type.host is not None else m.call(data_type, args, {})


def register_member(m: Machine, cls: Class, name: str, made: Instance) -> None:
    """Enter a member under its name, or as another name of the one with the same value."""
    value = made.__dict__["_value_"]
    same = find_by_value(m, cls, value)
    if same is None:
        made.__dict__["_name_"] = name
        made.__dict__["__objclass__"] = cls
        made.__dict__["_sort_order_"] = len(cls.namespace["_member_names_"])
        if not cls.derives(FLAG) or (isinstance(value, int) and value > 0 and value & (value - 1) == 0):
            cls.namespace["_member_names_"].append(name)
    else:
        made = same
    cls.namespace["_member_map_"][name] = made
    cls.namespace[name] = made
    if _hashable(value):
        cls.namespace["_value2member_map_"].setdefault(value, made)


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def find_by_value(m: Machine, cls: Class, value: Any) -> Instance | None:
    """The member of a value, or None."""
    if _hashable(value):
        found = cls.namespace["_value2member_map_"].get(value)
        if found is not None:
            return found
    for member in members_of(cls).values():
        other = member.__dict__["_value_"]
        if (not _hashable(other) or not _hashable(value)) and m.truth(m.equal(other, value)):
            return member
    return None


def _call(m: Machine, cls: Class, value: Any = MISSING, names: Any = MISSING, *more: Any, **keywords: Any) -> Any:
    """``Color(1)``, or the functional ``Enum("Color", "RED GREEN")``."""
    if names is not MISSING and not members_of(cls):
        return _functional(m, cls, value, names, **keywords)
    if names is not MISSING:
        value = (value, names, *more)
    if type(value) is Unknown:
        return value
    if isinstance(value, Instance) and value.py_class is cls:
        return value
    found = find_by_value(m, cls, payload_of(value) if isinstance(value, Instance) and value.payload is not None else value)
    if found is not None:
        return found
    hook = cls.find("_missing_")
    made = m.call(hook.function, (cls, value), {}) if isinstance(hook, ClassMethod) else None
    if made is None:
        raise ValueError(f"{m.repr_of(value)} is not a valid {cls.qualname}")
    if not (isinstance(made, Instance) and made.py_class.derives(cls)):
        raise TypeError(f"error in {cls.name}._missing_: returned {m.repr_of(made)} instead of None or a valid member")
    return made


def _functional(m: Machine, cls: Class, name: Any, names: Any, *, module: Any = None, type: Any = None, start: Any = 1, **rest: Any) -> Any:
    if isinstance(names, str):
        names = names.replace(",", " ").split()
    items = list(names.items()) if isinstance(names, dict) else list(m.iterate(names))
    namespace: dict[str, Any] = {"__module__": module or (m.frame.module.name if m.frame else "enum")}
    for position, item in enumerate(items):
        if isinstance(item, str):
            chosen = 1 << position if cls.derives(FLAG) else start + position
            namespace[item] = item.lower() if cls.derives(STR_ENUM) else chosen
        else:
            key, value = m.iterate(item)
            namespace[key] = value
    return new_enum(m, cls.metaclass or ENUM_META, name, (type, cls) if type is not None else (cls,), namespace)


def listed(cls: Class) -> list[Instance]:
    """The members in order of definition, without other names of the same."""
    members = members_of(cls)
    return [members[name] for name in cls.namespace.get("_member_names_", ())]


def _by_name(cls: Class, name: Any) -> Any:
    return members_of(cls)[payload_of(name)] if not isinstance(name, Unknown) else name


def _contains(m: Machine, cls: Class, value: Any) -> Any:
    if isinstance(value, Unknown):
        return value
    return (isinstance(value, Instance) and value.py_class.derives(cls)) or find_by_value(m, cls, value) is not None


ENUM_META = Class("EnumType", (TYPE,), {
    "__new__": StaticMethod(Builtin("EnumType.__new__", new_enum, True)),
    "__call__": Builtin("EnumType.__call__", _call, True),
    "__iter__": Builtin("EnumType.__iter__", lambda cls: iter(listed(cls))),
    "__reversed__": Builtin("EnumType.__reversed__", lambda cls: reversed(listed(cls))),
    "__len__": Builtin("EnumType.__len__", lambda cls: len(listed(cls))),
    "__getitem__": Builtin("EnumType.__getitem__", _by_name),
    "__contains__": Builtin("EnumType.__contains__", _contains, True),
    "__members__": Property(Builtin("EnumType.__members__", lambda cls: dict(members_of(cls)))),
    "__repr__": Builtin("EnumType.__repr__", class_text),
    "__bool__": Builtin("EnumType.__bool__", lambda cls: True),
}, "enum")  # fmt: skip


# --- the classes ------------------------------------------------------------------------------------------------------


def _next_value(name: str, start: int, count: int, last_values: list[Any]) -> Any:
    numbers = [value for value in last_values if isinstance(value, (int, float))]
    if last_values and len(numbers) < len(last_values):
        numbers = [value for value in last_values[::-1] if isinstance(value, (int, float))][:1]
    return max(numbers) + 1 if numbers else start


def _next_flag(name: str, start: int, count: int, last_values: list[Any]) -> Any:
    return 1 << (max(last_values).bit_length()) if last_values else start


def name_of(self: Instance) -> Any:
    """The member's name."""
    return self.__dict__.get("_name_")


def value_of(self: Instance) -> Any:
    """The member's value."""
    return self.__dict__.get("_value_")


def _text(self: Instance) -> str:
    return f"{self.py_class.name}.{name_of(self) if name_of(self) is not None else value_of(self)}"


def _format(m: Machine, self: Instance, spec: str = "") -> str:
    return format(m.text_of(self), spec)


def _representation(m: Machine, self: Instance) -> str:
    value = m.repr_of(value_of(self))
    return f"<{self.py_class.name}: {value}>" if name_of(self) is None else f"<{self.py_class.name}.{name_of(self)}: {value}>"


ENUM = Class("Enum", (OBJECT,), {
    "name": Property(Builtin("Enum.name", name_of)), "value": Property(Builtin("Enum.value", value_of)),
    "__str__": Builtin("Enum.__str__", _text), "__repr__": Builtin("Enum.__repr__", _representation, True),
    "__format__": Builtin("Enum.__format__", _format, True),
    "_generate_next_value_": StaticMethod(Builtin("_generate_next_value_", _next_value)),
    "_missing_": ClassMethod(Builtin("_missing_", lambda cls, value: None)),
    "__deepcopy__": Builtin("Enum.__deepcopy__", lambda self, memo: self), "__copy__": Builtin("Enum.__copy__", lambda self: self),
    "_member_map_": {}, "_member_names_": [], "_value2member_map_": {},
}, "enum", ENUM_META)  # fmt: skip
REPR_ENUM = Class("ReprEnum", (ENUM,), {}, "enum", ENUM_META)
_AS_VALUE = {
    "__str__": Builtin("ReprEnum.__str__", lambda self: str(self.payload)),
    "__format__": Builtin("ReprEnum.__format__", lambda self, spec="": format(self.payload, spec)),
    "__repr__": ENUM.namespace["__repr__"],
}  # fmt: skip
INT_ENUM = Class("IntEnum", (CLASS_OF_HOST[int], REPR_ENUM), dict(_AS_VALUE), "enum", ENUM_META)
STR_ENUM = Class("StrEnum", (CLASS_OF_HOST[str], REPR_ENUM), {
    **_AS_VALUE, "_generate_next_value_": StaticMethod(Builtin("_generate_next_value_", lambda name, *rest: name.lower())),
}, "enum", ENUM_META)  # fmt: skip


def _bits(cls: Class) -> int:
    total = 0
    for member in members_of(cls).values():
        total |= value_of(member)
    return total


def flag_of(m: Machine, cls: Class, value: int) -> Any:
    """The member of a combination of bits, made when it is new."""
    found = cls.namespace["_value2member_map_"].get(value)
    if found is not None:
        return found
    known = _bits(cls)
    if value < 0:
        value = (known if not cls.derives(INT_FLAG) else (1 << max(known.bit_length(), (~value).bit_length())) - 1) & value
        return flag_of(m, cls, value)
    if value & ~known and not cls.derives(INT_FLAG):
        raise ValueError(f"{class_text(cls)} invalid value {value}")
    made = extended(m, cls, value if cls.derives(INT_FLAG) else None)
    names = [name_of(member) for member in listed(cls) if value_of(member) & value]
    rest = value & ~known
    made.__dict__.update(_value_=value, _name_="|".join(map(str, [*names, *([rest] if rest else [])])) if names else None, __objclass__=cls)
    cls.namespace["_value2member_map_"][value] = made
    return made


def _flag_operation(function: Callable[..., Any]) -> Callable[..., Any]:
    def operate(m: Machine, self: Instance, other: Any) -> Any:
        if isinstance(other, Instance) and other.py_class.derives(self.py_class):
            number = value_of(other)
        elif self.py_class.derives(INT_FLAG) and isinstance(payload_of(other), int):
            number = payload_of(other)
        else:
            return NotImplemented
        return flag_of(m, self.py_class, function(value_of(self), number))

    return operate


def _invert(m: Machine, self: Instance) -> Any:
    return flag_of(m, self.py_class, _bits(self.py_class) & ~value_of(self))


def _flag_missing(m: Machine, cls: Class, value: Any) -> Any:
    if not isinstance(payload_of(value), int):
        raise ValueError(f"{m.repr_of(value)} is not a valid {cls.qualname}")  # noqa: TRY004 - as the host does
    return flag_of(m, cls, payload_of(value))


def _parts(self: Instance) -> Any:
    return (member for member in listed(self.py_class) if value_of(member) & value_of(self))


_FLAG_METHODS: dict[str, Any] = {
    "_generate_next_value_": StaticMethod(Builtin("_generate_next_value_", _next_flag)),
    "_missing_": ClassMethod(Builtin("_missing_", _flag_missing, True)), "__invert__": Builtin("Flag.__invert__", _invert, True),
    "__contains__": Builtin("Flag.__contains__", lambda self, other: value_of(other) & value_of(self) == value_of(other)),
    "__iter__": Builtin("Flag.__iter__", _parts), "__len__": Builtin("Flag.__len__", lambda self: value_of(self).bit_count()),
    "__bool__": Builtin("Flag.__bool__", lambda self: bool(value_of(self))),
}  # fmt: skip
for _name, _function in (("or", operator.or_), ("and", operator.and_), ("xor", operator.xor)):
    for _prefix in ("", "r"):
        _FLAG_METHODS[f"__{_prefix}{_name}__"] = Builtin(f"Flag.__{_prefix}{_name}__", _flag_operation(_function), True)
FLAG = Class("Flag", (ENUM,), dict(_FLAG_METHODS), "enum", ENUM_META)
INT_FLAG = Class("IntFlag", (CLASS_OF_HOST[int], REPR_ENUM, FLAG), {**_FLAG_METHODS, **_AS_VALUE}, "enum", ENUM_META)


def unique(m: Machine, cls: Class) -> Class:
    """``enum.unique``."""
    doubles = [f"{name} -> {name_of(member)}" for name, member in members_of(cls).items() if name != name_of(member)]
    if doubles:
        raise ValueError(f"duplicate values found in {class_text(cls)}: {', '.join(doubles)}")
    return cls
