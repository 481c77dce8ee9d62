"""What a registry is asked before a build is done, and in which order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

import pytest
from packaging.utils import NormalizedName, canonicalize_name

from railrel.commands.publish.access import Access
from railrel.effects.clock import RealClock
from railrel.errors import RefusedError, UnreachableError
from railrel.registries.protocol import RemoteFile
from tests.registries.faulty import Hurrying
from tests.registries.test_uploads import Flaky

ONE, OTHER = canonicalize_name("issue-core"), canonicalize_name("vergabe-models")
FILE = RemoteFile("issue_core-1.0-py3-none-any.whl", "https://example.com/w", "0" * 64)


def must(be: bool) -> None:  # noqa: FBT001 -- as the statement has it
    assert be


def go_well() -> None:
    """As most answers do."""


def refuse(rule: str) -> Callable[[], None]:
    def refused() -> None:
        raise RefusedError("no", rule=rule)

    return refused


@dataclass
class Asked(Flaky):
    """Notes what it is asked."""

    holding: Callable[[], None] = go_well
    checking: Callable[[], None] = go_well
    questions: list[str] = field(default_factory=list)

    def check_access(self) -> None:
        self.questions.append("check")
        self.checking()

    def held(self, name: NormalizedName) -> tuple[RemoteFile, ...]:
        self.questions.append(name)
        self.holding()
        return (FILE,)


def test_what_it_holds_is_asked_before_whether_we_may_publish() -> None:
    registry = Asked(iter(()))
    access = Access(RealClock())

    access.begin(registry, ONE).result()

    assert registry.questions == [ONE, "check"]
    assert access.held(registry, ONE) == (FILE,)


def test_one_registry_is_asked_once_whether_we_may_and_for_each_project_what_it_holds() -> None:
    registry = Asked(iter(()))
    access = Access(RealClock())

    for name in (ONE, ONE, OTHER):
        access.begin(registry, name).result()
        access.held(registry, name)

    assert registry.questions == [ONE, "check", OTHER]


def test_whether_we_may_is_not_asked_when_an_upload_is_about_to_say_so() -> None:
    answer = Event()
    registry = Asked(iter(()), holding=lambda: must(answer.wait(10)))
    access = Access(RealClock())
    may = access.begin(registry, ONE)
    # The build was faster than the answer.
    access.held(Asked(iter(())), ONE)
    answer.set()

    may.result()

    assert registry.questions == [ONE]


def test_what_failed_for_one_project_is_asked_again_for_the_next() -> None:
    def be_away() -> None:
        if registry.questions.count("check") == 1:
            raise UnreachableError("away")

    registry = Asked(iter(()), checking=be_away)
    access = Access(RealClock())
    with pytest.raises(UnreachableError):
        access.begin(registry, ONE).result()
    with pytest.raises(UnreachableError):
        access.begin(registry, ONE).result()

    access.begin(registry, OTHER).result()

    assert registry.questions == [ONE, "check", OTHER, "check"]


def test_a_refusal_is_told_in_terms_of_publishing() -> None:
    registry = Asked(iter(()), holding=refuse("may-not-read"), checking=refuse("may-not-publish"))

    with pytest.raises(RefusedError) as refused:
        Access(RealClock()).begin(registry, ONE).result()

    assert refused.value.problems[0].rule == "may-not-publish"


@pytest.mark.parametrize("rule", ["wants-tls", "redirected"])
def test_who_sends_us_elsewhere_is_shown_the_token_once(rule: str) -> None:
    registry = Asked(iter(()), holding=refuse(rule))

    with pytest.raises(RefusedError):
        Access(RealClock()).begin(registry, ONE).result()

    assert registry.questions == [ONE]


def test_what_it_held_long_ago_is_not_relied_on() -> None:
    registry, clock = Asked(iter(())), Hurrying()
    access = Access(clock)
    access.begin(registry, ONE).result()

    clock.sleep(6)

    assert access.held(registry, ONE) is None
    assert access.held(registry, OTHER) is None
