"""Several repositories into a real Gitea: in which order, as its side sees it, and after a failure."""

import json
from dataclasses import dataclass
from itertools import pairwise

import httpx
import pytest

from railrel.errors import ExitCode
from tests.servers.gitea import Gitea
from tests.servers.proxy import Faults, Proxy, proxied
from tests.servers.spoiling import Answer, Spoilt
from tests.small import small
from tests.workbench import Workbench

TOO_LARGE = Answer(413, b"<html>413 Request Entity Too Large</html>")


@dataclass(frozen=True)
class Shop:
    """lib-a <- lib-b <- app, and lone apart, each a repository, with an owner of its own."""

    bench: Workbench
    gitea: Gitea
    owner: str

    def before(self, url: str) -> Workbench:
        return self.bench.having(
            RAILREL_REGISTRY=f"{url}/api/packages/{self.owner}/pypi",
            RAILREL_TOKEN=self.gitea.tokens["publish"],
        )

    def held(self) -> dict[str, set[str]]:
        """The files of each project."""
        names = ("lib-a", "lib-b", "app", "lone")
        return {name: set(self.gitea.files(name, owner=self.owner)) for name in names}


@pytest.fixture
def shop(bench: Workbench, gitea: Gitea) -> Shop:
    small(bench, "lib-a")
    small(bench, "lib-b", "lib-a")
    small(bench, "app", "lib-b")
    small(bench, "lone")
    return Shop(bench, gitea, gitea.make_private_organisation())


def both(name: str) -> set[str]:
    module = name.replace("-", "_")
    return {f"{module}-1.0-py3-none-any.whl", f"{module}-1.0.tar.gz"}


def steps(proxy: Proxy) -> list[str]:
    """Of which project a page was asked for, or `upload`, in the order in which they came."""
    found: list[str] = []
    for passed in proxy.passed:
        if "/simple/" in passed.path:
            found.append(passed.path.rstrip("/").rpartition("/")[2])
        elif passed.method == "POST" and passed.path.endswith("/pypi") and passed.size:
            found.append("upload")
    return found


def test_nothing_of_a_project_is_sent_before_the_index_lists_what_it_needs(shop: Shop) -> None:
    with proxied(shop.gitea.url) as proxy:
        result = shop.before(proxy.url).railrel("publish", "app", "--with-deps", "--jobs", "4")

    assert result.code == 0, result.err
    assert shop.held() == {n: both(n) for n in ("lib-a", "lib-b", "app")} | {"lone": set()}
    seen = steps(proxy)
    for needed, user in pairwise(("lib-a", "lib-b", "app")):
        first = seen.index(user)
        sent = [place for place, step in enumerate(seen[:first]) if step == "upload"]
        # Both files of what is needed are out, and its page was read after that.
        assert len(sent) == 2 * (("lib-a", "lib-b").index(needed) + 1)
        assert needed in seen[sent[-1] : first]


def test_what_a_failure_in_the_middle_left_out_is_done_by_the_command_that_is_told(
    shop: Shop,
) -> None:
    cut = Faults(spoilt=(Spoilt("upload", TOO_LARGE, after=3),))
    with proxied(shop.gitea.url, cut) as proxy:
        # What lone sends goes first, so that the fourth file is the sdist of lib-b.
        assert shop.before(shop.gitea.url).railrel("publish", "lone").code == 0
        result = shop.before(proxy.url).railrel("publish", "--all", "--jobs", "4", "--json")

    report = json.loads(result.out)
    assert result.code == report["code"] == ExitCode.REFUSED
    assert shop.held() == {
        "lib-a": both("lib-a"),
        "lib-b": {"lib_b-1.0-py3-none-any.whl"},
        "app": set(),
        "lone": both("lone"),
    }
    assert {p["name"]: (p["outcome"], p["stopped_by"]) for p in report["projects"]} == {
        "lib-a": ("published", []),
        "lone": ("already published", []),
        "lib-b": ("failed", []),
        "app": ("not tried", ["lib-b"]),
    }
    (error,) = report["errors"]
    assert (error["project"], error["code"]) == ("lib-b", ExitCode.REFUSED)
    assert "413" in error["message"]
    assert error["hint"]
    words = report["next"].removeprefix("railrel ").split()
    assert words[:3] == ["publish", "lib-b", "app"]

    again = shop.before(shop.gitea.url).railrel(*words)

    assert again.code == 0, again.err
    assert shop.held() == {name: both(name) for name in ("lib-a", "lib-b", "app", "lone")}
    states = {
        f["filename"]: f["outcome"] for p in json.loads(again.out)["projects"] for f in p["files"]
    }
    assert states["lib_b-1.0-py3-none-any.whl"] == "already published"
    assert states["lib_b-1.0.tar.gz"] == "uploaded"


def test_the_report_tells_of_each_file_what_gitea_holds_and_where(shop: Shop) -> None:
    bench = shop.before(shop.gitea.url)

    report = json.loads(bench.railrel("publish", "--all", "--json").out)

    assert report["schema"] == "railrel.publish/2"
    assert (report["code"], report["errors"], report["next"]) == (0, [], "")
    assert {p["name"]: p["waited_for"] for p in report["projects"]} == {
        "lib-a": [],
        "lone": [],
        "lib-b": ["lib-a"],
        "app": ["lib-a", "lib-b"],
    }
    for project in report["projects"]:
        held = shop.gitea.files(project["name"], "1.0", shop.owner)
        assert {f["filename"]: f["sha256"] for f in project["files"]} == held
        for file in project["files"]:
            got = httpx.get(file["url"], auth=shop.gitea.admin, trust_env=False)
            assert len(got.raise_for_status().content) == file["size"]
        seconds = project["seconds"]
        parts = [seconds[part] for part in ("build", "upload", "verify")]
        assert all(part > 0 for part in parts)
        assert sum(parts) <= seconds["total"] + 0.01
        assert project["registry"] == shop.gitea.registry(shop.owner)


def test_a_second_run_over_all_sends_nothing(shop: Shop) -> None:
    bench = shop.before(shop.gitea.url)
    assert bench.railrel("publish", "--all").code == 0

    with proxied(shop.gitea.url) as proxy:
        again = shop.before(proxy.url).railrel("publish", "--all")

    assert again.code == 0, again.err
    assert "4 already published" in again.err
    assert "upload" not in steps(proxy)
