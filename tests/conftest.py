"""What all tests share: a workbench in a scratch folder, and a guard on the network."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.workbench import Workbench

pytest_plugins = ["tests.servers.fixtures"]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for the run, so that build environments are made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def bench(tmp_path: Path, cache: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Workbench]:
    """An empty workspace in a path with a space in it."""
    root = tmp_path / "work space"
    root.mkdir()
    (root / "railrel.toml").touch()
    bench = Workbench(root, tmp_path / "home", cache, capfd)
    yield bench
    for http in bench.opened:
        http.close()


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of ours talks to anybody but this machine. (Installers in other processes may.)"""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_configure() -> None:
    # Who starts the tests in the background of a script has these passed over, by all that they start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    # How long an example takes says how busy the machine is.
    settings.register_profile(
        "any machine", settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    )
    settings.load_profile("any machine")


def pytest_report_header() -> str:
    return f"real servers missing are {'failures' if os.environ.get('CI') == 'true' else 'skips'}"
