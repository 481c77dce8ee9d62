"""The same faults before a server of another kind: its answers are read by rules of their own."""

import secrets
from dataclasses import replace

import httpx
import pytest

from railrel.effects.http import RealHttp
from railrel.errors import ExitCode
from tests.quick import quick_library
from tests.registries.faulty import Hurrying
from tests.servers.proxy import Faults, Proxy, proxied
from tests.servers.pypiserver import Pypiserver
from tests.servers.spoiling import Answer, Lost, Reset, Silence, Spoilt
from tests.workbench import Result, Workbench

TO_TLS = Answer(301, b"", {"Location": "https://127.0.0.1/"})


def publish(bench: Workbench, server: Pypiserver, url: str, name: str, **variables: str) -> Result:
    """What the user types; its waits are over at once."""
    named = {
        "RAILREL_REGISTRY": url,
        "RAILREL_USERNAME": server.username,
        "RAILREL_PASSWORD": server.password,
        **variables,
    }
    having, clock = bench.having(**named), Hurrying()
    http = RealHttp(having.environment, clock)
    world = replace(having.world(), http=http, clock=clock)
    return having.railrel("publish", name, world=world)


@pytest.fixture
def name(bench: Workbench) -> str:
    name = f"faulty-{secrets.token_hex(4)}"
    quick_library(bench, name)
    bench.commit(name, "v1.0")
    return name


def stored(server: Pypiserver, name: str) -> int:
    """How many files the server lists."""
    page = httpx.get(f"{server.url}/simple/{name}/", trust_env=False)
    return page.text.count("<a ") if page.is_success else 0


def sent(proxy: Proxy) -> int:
    """How many uploads reached the server."""
    return sum(kind == "upload" for kind, _ in proxy.answered)


@pytest.mark.parametrize(
    "spoilt",
    [
        Spoilt("upload", Lost(), times=1),
        Spoilt("upload", Lost(Answer(502)), times=1),
        Spoilt("upload", Answer(503, b"", {"Retry-After": "3"}), times=1),
        Spoilt("upload", Reset(100), times=1),
        Spoilt("page", Answer(500), times=1),
        Spoilt("check", Answer(429), times=1),
    ],
    ids=str,
)
def test_what_passes_is_ridden_out_and_nothing_is_stored_twice(
    bench: Workbench, pypiserver: Pypiserver, name: str, spoilt: Spoilt
) -> None:
    with proxied(pypiserver.url, Faults(spoilt=(spoilt,))) as proxy:
        result = publish(bench, pypiserver, proxy.url, name)

    assert result.code == 0, result.err
    assert sent(proxy) == 2
    assert stored(pypiserver, name) == 2


@pytest.mark.parametrize(
    ("spoilt", "code", "said"),
    [
        (Spoilt("upload", Answer(413)), ExitCode.REFUSED, "proxy-body-size"),
        (Spoilt("check", TO_TLS), ExitCode.REFUSED, 'registry = "https://127.0.0.1"'),
        (Spoilt("upload", TO_TLS), ExitCode.REFUSED, 'registry = "https://127.0.0.1"'),
        (Spoilt("upload", Answer(503)), ExitCode.UNREACHABLE, "is in trouble: it answered 503"),
        (
            Spoilt("upload", Answer(429, b"", {"Retry-After": "900"})),
            ExitCode.UNREACHABLE,
            "run the same command again in 900 seconds",
        ),
        (Spoilt("upload", Silence()), ExitCode.UNREACHABLE, "set RAILREL_TIMEOUT to more than 1"),
    ],
    ids=str,
)
def test_what_stays_names_the_one_thing_to_change_and_the_next_run_is_whole(
    bench: Workbench, pypiserver: Pypiserver, name: str, spoilt: Spoilt, code: int, said: str
) -> None:
    with proxied(pypiserver.url, Faults(spoilt=(spoilt,))) as proxy:
        result = publish(bench, pypiserver, proxy.url, name, RAILREL_TIMEOUT="1")

    assert (result.code, result.out) == (code, ""), result.err
    assert said in result.err
    assert sent(proxy) == stored(pypiserver, name) == 0
    assert publish(bench, pypiserver, pypiserver.url, name).code == 0
    assert stored(pypiserver, name) == 2
