"""A publish by the command line through a proxy that spoils it, and what came of it."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from railrel.effects.http import RealHttp
from tests.quick import quick_library
from tests.servers.gitea import Gitea
from tests.servers.proxy import Faults, Proxy, proxied
from tests.servers.spoiling import Spoilt
from tests.workbench import Result, Workbench


@dataclass
class Hurrying:
    """The true time, but for waits, which are over at once and are noted."""

    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        return time.time() + sum(self.waits)

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.waits)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


@dataclass(frozen=True)
class Trial:
    """One version to be published, and the proxy before the registry."""

    bench: Workbench
    gitea: Gitea
    name: str
    proxy: Proxy
    clock: Hurrying = field(default_factory=Hurrying)

    @property
    def registry(self) -> str:
        return self.gitea.registry().replace(self.gitea.url, self.proxy.url)

    def publish(self, *argv: str, registry: str = "", **variables: str) -> Result:
        """What the user types; its waits are over at once."""
        named = {
            "RAILREL_REGISTRY": registry or self.registry,
            "RAILREL_TOKEN": self.gitea.tokens["publish"],
            **variables,
        }
        bench = self.bench.having(**named)
        http = RealHttp(bench.environment, self.clock)
        world = replace(bench.world(), http=http, clock=self.clock)
        result = bench.railrel("publish", self.name, *argv, world=world)
        assert self.gitea.tokens["publish"] not in result.out + result.err
        return result

    @property
    def held(self) -> dict[str, str]:
        """What Gitea itself says that it has."""
        return self.gitea.files(self.name)

    @property
    def sent(self) -> list[int]:
        """What Gitea answered to each upload that reached it."""
        return [status for kind, status in self.proxy.answered if kind == "upload"]

    def converges(self) -> None:
        """The same command, with nothing in its way, ends in the one end state."""
        again = self.publish(registry=self.gitea.registry())
        assert again.code == 0, again.err
        assert len(self.held) == 2


@contextmanager
def trial(
    bench: Workbench, gitea: Gitea, *spoilt: Spoilt, stamped: bool = False
) -> Iterator[Trial]:
    """A fresh version, and a proxy that spoils these requests; `stamped` gives each build other bytes."""
    name = f"faulty-{secrets.token_hex(4)}"
    quick_library(bench, name, stamped=stamped)
    bench.commit(name, "v1.0")
    with proxied(gitea.url, Faults(spoilt=spoilt)) as proxy:
        yield Trial(bench, gitea, name, proxy)
