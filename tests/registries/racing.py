"""Jobs that publish one version at the same moment, each a process with a checkout of its own."""

import secrets
from collections import Counter
from collections.abc import Sequence

from tests.quick import quick_library
from tests.servers.gitea import Gitea
from tests.servers.proxy import Proxy
from tests.workbench import Workbench


def jobs(
    bench: Workbench,
    server: Gitea,
    proxy: Proxy,
    texts: Sequence[str],
    *,
    one_machine: bool = False,
) -> tuple[str, list[int]]:
    """Have jobs publish one version with these contents, each from a checkout of its own.

    The version's name, and their exit codes. On one machine they share a cache, and a backend that never
    builds the same bytes twice.
    """
    name = f"raced-{secrets.token_hex(4)}"
    processes = []
    for number, text in enumerate(texts):
        root = bench.root / f"job-{number}"
        cache = bench.root / "cache" if one_machine else root / "cache"
        job = Workbench(root, bench.home, cache).having(
            RAILREL_REGISTRY=server.registry().replace(server.url, proxy.url),
            RAILREL_TOKEN=server.tokens["publish"],
        )
        job.write("railrel.toml", "")
        quick_library(job, name, text=text, stamped=one_machine)
        job.commit(name, "v1.0")
        processes.append(job.start("publish", name))
    return name, [process.wait(240) for process in processes]


def uploads(proxy: Proxy) -> Counter[int]:
    """What Gitea answered to uploads, and how often."""
    return Counter(status for kind, status in proxy.answered if kind == "upload")
