"""Dataclasses that cost next to nothing until somebody makes one.

The standard decorator writes and compiles up to seven methods as a class is defined. That is 0.7 ms
for each of the 120 that a publish defines, of which it makes half and compares a handful. Here the
constructor is compiled when it is first called, and all classes share the other methods. Type checkers
see the standard decorator; `field`, `fields` and `replace` of `dataclasses` do what they always do.
"""

import dataclasses
from collections.abc import Callable
from functools import partial
from inspect import get_annotations
from operator import attrgetter
from threading import RLock
from typing import TYPE_CHECKING, ClassVar, get_origin

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        written: type | None = None, /, *, frozen: bool = False, slots: bool = False
    ) -> type | Callable[[type], type]:
        """What `dataclasses.dataclass` does, later; with the options that are used here."""
        if written is None:
            return partial(_defined, frozen=frozen, slots=slots)
        return _defined(written, frozen=frozen, slots=slots)


__all__ = ["dataclass"]

# What the standard decorator finds.
_FOUND = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
_VALUES = "__dataclass_values__"
# What every class has of its own.
_OWN = ("__dict__", "__weakref__")

_completing = RLock()
_unfinished: dict[type, Callable[[], None]] = {}


def _defined(written: type, *, frozen: bool, slots: bool) -> type:
    """The class that people get: all but its constructor, and what is known of its fields."""
    annotations: dict[str, object] = get_annotations(written)
    body = {name: value for name, value in vars(written).items() if name not in _OWN}
    # Where Python finds them out late, it would have to once more.
    body["__annotations__"] = annotations
    names = [name for name, kind in annotations.items() if get_origin(kind) is not ClassVar]
    cls = _with_slots(written, body, names) if slots else _without_fields(written, body, names)

    def first(self: object, *values: object, **named: object) -> None:
        _complete(cls)
        vars(cls)["__init__"](self, *values, **named)

    _unfinished[cls] = lambda: _finish(cls, body, frozen=frozen)
    for name, method in (_FROZEN if frozen else _OPEN).items():
        # Python has no hash for who has an `__eq__` of his own; the standard decorator makes one.
        if name not in body or (name == "__hash__" and body[name] is None):
            setattr(cls, name, method)
    for name in _FOUND:
        setattr(cls, name, _OnDemand(name))
    _set_constructor(cls, first)
    return cls


class _OnDemand:
    """What a class has for those who look at it before there is an instance."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> object:
        _complete(owner)
        return getattr(owner, self._name)


def _with_slots(written: type, body: dict[str, object], names: list[str]) -> type:
    inherited = {name for base in written.__mro__[1:] for name in getattr(base, "__slots__", ())}
    kept = {name: value for name, value in body.items() if name not in names}
    slots = tuple(name for name in names if name not in inherited)
    cls = type(written)(written.__name__, written.__bases__, {**kept, "__slots__": slots})
    cls.__qualname__ = written.__qualname__
    return cls


def _without_fields(written: type, body: dict[str, object], names: list[str]) -> type:
    """The class itself, with defaults where `field` was written."""
    for name in names:
        written_there = body.get(name)
        if isinstance(written_there, dataclasses.Field):
            delattr(written, name)
            if written_there.default is not dataclasses.MISSING:
                setattr(written, name, written_there.default)
    return written


def _complete(cls: type) -> None:
    with _completing:
        for one in reversed(cls.__mro__):
            finish = _unfinished.get(one)
            if finish:
                finish()
                del _unfinished[one]


def _finish(cls: type, body: dict[str, object], *, frozen: bool) -> None:
    # The class as it was written: the standard decorator wants its defaults to be where slots are.
    found: type = dataclasses.dataclass(init=False, repr=False, eq=False)(
        type(cls)(cls.__name__, cls.__bases__, dict(body))
    )
    for name in _FOUND:
        setattr(cls, name, getattr(found, name))
    fields = dataclasses.fields(cls)
    compared = [field.name for field in fields if field.compare]
    setattr(cls, _VALUES, staticmethod(attrgetter(*compared) if compared else _nothing))
    # Last: from now on other threads take it for complete.
    _set_constructor(cls, _constructor(cls, fields, frozen=frozen))


def _set_constructor(cls: type, made: Callable[..., None]) -> None:
    cls.__init__ = made  # type: ignore[misc]  # of the class, which is being made here


def _constructor(
    cls: type, fields: tuple["dataclasses.Field[object]", ...], *, frozen: bool
) -> Callable[..., None]:
    """Compiled, as the standard decorator does it: thousands of instances are made of some classes."""
    scope: dict[str, object] = {"set__": object.__setattr__, "missing__": dataclasses.MISSING}
    parameters, lines = ["self"], ["pass"]
    for number, field in enumerate(fields):
        value = field.name
        if field.default_factory is not dataclasses.MISSING:
            scope[f"make__{number}"] = field.default_factory
            new = f"make__{number}()"
            value = f"{new} if {value} is missing__ else {value}" if field.init else new
            parameters += [f"{field.name}=missing__"] if field.init else []
        elif field.default is not dataclasses.MISSING:
            scope[f"default__{number}"] = field.default
            parameters += [f"{field.name}=default__{number}"] if field.init else []
            value = value if field.init else f"default__{number}"
        elif field.init:
            parameters.append(field.name)
        else:
            continue
        to = f"set__(self, {field.name!r}, {value})" if frozen else f"self.{field.name} = {value}"
        lines.append(to)
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    source = f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines)
    exec(source, scope)  # noqa: S102 -- of names that were written as attributes
    made: Callable[..., None] = scope["__init__"]  # type: ignore[assignment]  # put there by exec
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _nothing(_: object) -> tuple[()]:
    return ()


def _is_same(self: object, other: object) -> bool:
    if other.__class__ is not self.__class__:
        return NotImplemented  # type: ignore[no-any-return]  # which it is for
    values = getattr(self, _VALUES)
    return bool(values(self) == values(other))


def _hashed(self: object) -> int:
    return hash(getattr(self, _VALUES)(self))


def _shown(self: object) -> str:
    fields = dataclasses.fields(self)  # type: ignore[arg-type]  # its class was decorated
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in fields if field.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse_to_set(self: object, name: str, value: object) -> None:
    del self, value
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    del self
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


_OPEN: dict[str, object] = {"__eq__": _is_same, "__hash__": None, "__repr__": _shown}
_FROZEN: dict[str, object] = {
    **_OPEN,
    "__hash__": _hashed,
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
}
