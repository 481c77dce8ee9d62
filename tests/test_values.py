"""Our dataclasses are the standard ones, but for when the work is done."""

import dataclasses
import inspect
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import field
from functools import cached_property
from typing import ClassVar, Generic, TypeVar

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from railrel.values import dataclass
from tests.workbench import IMPORTABLE

T = TypeVar("T")
Decorator = Callable[..., Callable[[type], type]]

names = st.lists(st.sampled_from(["a", "b", "self_", "cls", "_x", "value"]), unique=True)
fields = st.sampled_from(
    ["none", "value", "field", "factory", "uninitialised", "uncompared", "hidden"]
)
values = st.lists(st.integers(0, 2), max_size=4)


def made(decorator: Decorator, shape: list[tuple[str, str]], *, frozen: bool, slots: bool) -> type:
    """A class with these fields, decorated in one of the two ways."""
    written: dict[str, Callable[[], object]] = {
        "value": lambda: 7,
        "field": lambda: field(default=8),
        "factory": lambda: field(default_factory=lambda: 9),
        "uninitialised": lambda: field(init=False, default=3),
        "uncompared": lambda: field(default=1, compare=False),
        "hidden": lambda: field(default=2, repr=False),
    }
    body = {name: written[kind]() for name, kind in shape if kind != "none"}
    body["__annotations__"] = {name: int for name, _ in shape} | {"shared": ClassVar[int]}
    body |= {"__qualname__": "Outer.Made", "shared": 5}
    return decorator(frozen=frozen, slots=slots)(type("Made", (), body))


def told(work: Callable[[], object]) -> object:
    """What came of it, or which kind of trouble."""
    try:
        return work()
    except (TypeError, AttributeError, ValueError) as error:
        return type(error)


@given(names=names, data=st.data(), frozen=st.booleans(), slots=st.booleans())
def test_every_shape_behaves_as_with_the_standard_decorator(
    names: list[str], data: st.DataObject, *, frozen: bool, slots: bool
) -> None:
    # There the standard one, which is made twice, takes itself for another and fails to refuse.
    assume(names or not (frozen and slots))
    kinds = [data.draw(fields) for _ in names]
    shape = sorted(zip(names, kinds, strict=True), key=lambda pair: pair[1] != "none")
    ours = made(dataclass, shape, frozen=frozen, slots=slots)
    theirs = made(dataclasses.dataclass, shape, frozen=frozen, slots=slots)
    first, second = data.draw(values), data.draw(values)

    def behaviour(cls: type) -> list[object]:
        one, other = told(lambda: cls(*first)), told(lambda: cls(*second))
        if isinstance(one, type) or isinstance(other, type):
            return [repr(one), repr(other)]
        name = names[0] if names else "nothing"
        return [
            one == other,
            one == object(),
            told(lambda: hash(one) == hash(other)),
            repr(one),
            inspect.signature(cls).parameters.keys(),
            [f.name for f in dataclasses.fields(cls)],
            repr(told(lambda: dataclasses.replace(one, **{name: 1}))),  # type: ignore[type-var]  # it is one
            getattr(cls, "__match_args__", None),
            hasattr(one, "__dict__"),
            told(lambda: setattr(one, name, 4)),
            told(lambda: delattr(one, name)),
            repr(one) if hasattr(one, name) else None,
            cls.__qualname__,
            cls.shared,  # type: ignore[attr-defined]  # in the body above
        ]

    assert behaviour(ours) == behaviour(theirs)


@dataclass(frozen=True, slots=True)
class Base:
    one: int
    two: str = "two"


@dataclass(frozen=True, slots=True)
class Derived(Base):
    three: tuple[int, ...] = ()

    def doubled(self) -> int:
        return 2 * self.one


def test_a_derived_class_has_the_fields_of_its_base() -> None:
    assert repr(Derived(1, three=(2,))) == "Derived(one=1, two='two', three=(2,))"
    assert Derived(4).doubled() == 8
    assert Derived(1) != Base(1)
    assert not hasattr(Derived(1), "__dict__")


def test_a_match_takes_it_apart_by_position() -> None:
    match Derived(1, "x"):
        case Base(one, two):
            assert (one, two) == (1, "x")


@dataclass(frozen=True)
class Cached:
    number: int

    @cached_property
    def square(self) -> int:
        return self.number**2


@dataclass(frozen=True, slots=True)
class Boxed(Generic[T]):
    content: T


@dataclass
class Counted:
    started: int
    ended: int = field(init=False)

    def __post_init__(self) -> None:
        self.ended = self.started + 1


@dataclass(frozen=True)
class Insensitive:  # noqa: PLW1641 -- the decorator makes its hash
    text: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Insensitive) and other.text.lower() == self.text.lower()


def test_what_a_class_says_of_itself_stays() -> None:
    assert Cached(3).square == 9
    assert Boxed("x") == Boxed("x")
    assert Counted(1).ended == 2
    assert Insensitive("A") == Insensitive("a")
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counted(1))


def test_a_class_without_an_instance_says_what_its_fields_are() -> None:
    @dataclass(frozen=True, slots=True)
    class Never(Base):
        four: int = 4

    assert dataclasses.is_dataclass(Never)
    assert [one.name for one in dataclasses.fields(Never)] == ["one", "two", "four"]
    assert Never.__match_args__ == ("one", "two", "four")


def test_a_frozen_one_says_which_field_it_is_about() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'one'"):
        Base(1).one = 2  # type: ignore[misc]  # so says mypy
    with pytest.raises(TypeError, match=r"Base\.__init__\(\) missing 1 required positional"):
        Base()  # type: ignore[call-arg]  # so says mypy


def test_many_threads_may_make_the_first_at_once() -> None:
    for _ in range(50):

        @dataclass(frozen=True, slots=True)
        class Fresh:
            number: int
            more: tuple[int, ...] = (1,)

        start, made = threading.Barrier(8), list[Fresh]()

        def make(number: int, start: threading.Barrier = start, made: list[Fresh] = made) -> None:
            start.wait(10)
            made.append(Fresh(number))

        threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert {one.number for one in made} == set(range(8))
        assert {one.more for one in made} == {(1,)}


def test_what_nobody_makes_is_not_compiled() -> None:
    script = (
        "import builtins\n"
        "compiled = []\n"
        "real = builtins.exec\n"
        "builtins.exec = lambda source, *more: (compiled.append(source), real(source, *more))[1]\n"
        "from railrel.values import dataclass\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class Never:\n    a: int\n"
        # The standard decorator, asked for no method, compiles an empty function from Python 3.13 on.
        "def methods():\n    return sum(str(one).count('self') > 0 for one in compiled)\n"
        "before = methods()\n"
        "Never(1)\n"
        "Never(2)\n"
        "print(before, methods())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=IMPORTABLE, check=True
    )
    assert done.stdout == "0 1\n"
