"""What goes wrong between railrel and a real Gitea: never twice, never half announced, and then well again."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from railrel.errors import ExitCode
from tests.registries.faulty import trial
from tests.servers.gitea import Gitea
from tests.servers.running import free_port
from tests.servers.spoiling import (
    Answer,
    Drip,
    Fault,
    Kind,
    Lost,
    Reset,
    Short,
    Silence,
    Spoilt,
)
from tests.workbench import Workbench

KINDS: tuple[Kind, ...] = ("check", "page", "upload")
BAD_GATEWAY = Answer(502, b"<html>Bad Gateway</html>", {"Content-Type": "text/html"})


def unavailable(status: int = 503, retry_after: str = "") -> Answer:
    return Answer(status, b"", {"Retry-After": retry_after} if retry_after else {})


PASSING = [
    Spoilt(kind, fault, times=1)
    for kind in KINDS
    for fault in (unavailable(500), BAD_GATEWAY, unavailable(), unavailable(429), Reset(100))
] + [
    # The first page of a new project has no body that could be cut.
    Spoilt("page", Short(chunked=False), times=1, after=1),
    Spoilt("page", Short(chunked=True), times=1, after=1),
    Spoilt("upload", Lost(unavailable(500)), times=1),
    Spoilt("upload", Lost(BAD_GATEWAY), times=1),
    Spoilt("upload", Lost(), times=1),
    Spoilt("upload", Lost(Answer(400, b"unexpected EOF")), times=1),
    Spoilt("upload", Lost(unavailable(500))),
]


@pytest.mark.parametrize("spoilt", PASSING, ids=str)
def test_what_passes_is_ridden_out_and_nothing_is_stored_twice(
    bench: Workbench, gitea: Gitea, spoilt: Spoilt
) -> None:
    with trial(bench, gitea, spoilt) as tried:
        result = tried.publish()

        assert result.code == 0, result.err
        assert len(tried.held) == 2
        # Each file reached Gitea once, also where the answer was lost.
        assert tried.sent == [201, 201]
        # What the index already shows need not be waited for.
        assert bool(tried.clock.waits) != isinstance(spoilt.fault, Lost)


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("check", BAD_GATEWAY),
        ("check", Reset()),
        ("page", unavailable(500)),
        ("page", unavailable(429)),
        ("upload", unavailable()),
        ("upload", unavailable(429)),
        ("upload", Reset(100)),
    ],
    ids=str,
)
def test_what_never_passes_is_code_3_with_nothing_announced_and_the_next_run_is_whole(
    bench: Workbench, gitea: Gitea, kind: Kind, fault: Fault
) -> None:
    with trial(bench, gitea, Spoilt(kind, fault)) as tried:
        result = tried.publish()

        assert result.code == ExitCode.UNREACHABLE, result.err
        assert result.err.count("error: ") == 1
        assert "run the same command again" in result.err or "curl -I" in result.err
        assert result.out == ""
        assert tried.held == {}
        assert 0 < sum(tried.clock.waits) < 60
        tried.converges()


def test_the_second_file_alone_can_fail_and_is_all_that_the_next_run_sends(
    bench: Workbench, gitea: Gitea
) -> None:
    with trial(bench, gitea, Spoilt("upload", unavailable(), after=1)) as tried:
        result = tried.publish()

        assert (result.code, result.out) == (ExitCode.UNREACHABLE, "")
        assert [name.endswith(".whl") for name in tried.held] == [True]
        assert tried.sent == [201]
        again = tried.publish(registry=gitea.registry())
        assert again.err.count("  uploaded ") == 1
        assert again.err.count("  already published ") == 1
        tried.converges()


def test_a_build_that_never_comes_out_the_same_is_completed_with_its_own_other_half(
    bench: Workbench, gitea: Gitea
) -> None:
    with trial(bench, gitea, Spoilt("upload", unavailable(), after=1), stamped=True) as tried:
        assert tried.publish().code == ExitCode.UNREACHABLE
        half = tried.held

        tried.converges()

        assert half.items() < tried.held.items()


@pytest.mark.parametrize("kind", KINDS)
def test_who_says_how_long_to_wait_is_waited_for(
    bench: Workbench, gitea: Gitea, kind: Kind
) -> None:
    with trial(bench, gitea, Spoilt(kind, unavailable(429, "7"), times=1)) as tried:
        assert tried.publish().code == 0

        assert 7.0 in tried.clock.waits


def test_a_wait_may_be_a_date(bench: Workbench, gitea: Gitea) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=55), usegmt=True)
    with trial(bench, gitea, Spoilt("upload", unavailable(503, then), times=1)) as tried:
        assert tried.publish().code == 0

        assert 15 < max(tried.clock.waits) <= 55


@pytest.mark.parametrize("kind", KINDS)
def test_a_wait_of_many_minutes_is_told_and_left_to_the_user(
    bench: Workbench, gitea: Gitea, kind: Kind
) -> None:
    with trial(bench, gitea, Spoilt(kind, unavailable(429, "900"))) as tried:
        result = tried.publish()

        assert result.code == ExitCode.UNREACHABLE
        assert "run the same command again in 900 seconds" in result.err
        assert tried.clock.waits == []
        tried.converges()


@pytest.mark.parametrize(
    "spoilt",
    [
        *(Spoilt(kind, Silence()) for kind in KINDS if kind != "check"),
        Spoilt("page", Drip(), after=1),
    ],
    ids=str,
)
def test_a_registry_that_never_comes_to_its_end_is_given_up_in_time(
    bench: Workbench, gitea: Gitea, spoilt: Spoilt
) -> None:
    with trial(bench, gitea, spoilt) as tried:
        result = tried.publish(RAILREL_TIMEOUT="1")

        assert result.code == ExitCode.UNREACHABLE, result.err
        assert "did not answer within 1 seconds" in result.err
        assert "set RAILREL_TIMEOUT to more than 1 seconds" in result.err
        assert result.out == ""
        tried.converges()


def test_who_does_not_say_whether_we_may_publish_is_not_waited_for(
    bench: Workbench, gitea: Gitea
) -> None:
    with trial(bench, gitea, Spoilt("check", Silence())) as tried:
        assert tried.publish().code == 0

        assert len(tried.held) == 2


def test_nobody_at_the_address(bench: Workbench, gitea: Gitea) -> None:
    with trial(bench, gitea) as tried:
        result = tried.publish(registry=f"http://127.0.0.1:{free_port()}/api/packages/acme/pypi")

        assert (result.code, result.out) == (ExitCode.UNREACHABLE, "")
        assert "cannot be reached: [Errno 111] Connection refused" in result.err
        tried.converges()


def test_a_file_too_large_for_the_ingress_names_its_setting(bench: Workbench, gitea: Gitea) -> None:
    too_large = Answer(413, b"<html>413 Request Entity Too Large</html>", {"Connection": "close"})
    with trial(bench, gitea, Spoilt("upload", too_large)) as tried:
        result = tried.publish()

        assert (result.code, result.out) == (ExitCode.REFUSED, "")
        assert "(413)" in result.err
        assert "nginx.ingress.kubernetes.io/proxy-body-size" in result.err
        assert "maxRequestBodyBytes" in result.err
        assert (tried.sent, tried.clock.waits) == ([], [])
        tried.converges()


def test_a_proxy_that_hangs_up_on_a_large_file_is_thought_of(
    bench: Workbench, gitea: Gitea
) -> None:
    with trial(bench, gitea, Spoilt("upload", Reset(65_536))) as tried:
        bench.write(f"{tried.name}/{tried.name.replace('-', '_')}/__init__.py", "x = 1\n" * 200_000)
        large = tried.publish("--allow-dirty", "--no-tag")

        assert (large.code, large.out) == (ExitCode.UNREACHABLE, "")
        assert "if it always breaks off" in large.err
        assert "nginx.ingress.kubernetes.io/proxy-body-size" in large.err
        assert tried.held == {}
