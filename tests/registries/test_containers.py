"""The registry of images, asked by hand: what Gitea does not do by itself. The real one is in test_push.py."""

import json
from dataclasses import dataclass, field, replace

import pytest
from packaging.version import Version

from railrel.errors import RefusedError, UnreachableError
from railrel.images.pushes.decide import Held
from railrel.images.pushes.names import Wish, name_of
from railrel.registries import choose
from railrel.registries.containers import Containers
from railrel.settings import resolve
from railrel.world import Request, Response, Secret
from tests.workbench import Workbench

HOST = "git.example.com"
ROOT = f"https://{HOST}/v2/acme/app"
COMMIT = "a" * 40
CONFIG = json.dumps({"config": {"Labels": {"org.opencontainers.image.revision": COMMIT}}}).encode()
MANIFEST = json.dumps({"config": {"digest": "sha256:config"}, "layers": []}).encode()
TOKEN = {"www-authenticate": f'Bearer realm="https://{HOST}/v2/token",service="any",scope="*"'}


@dataclass
class Scripted:
    """Answers by the URL, and keeps what it was asked."""

    answers: dict[str, Response]
    seen: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.seen.append(request)
        return self.answers.get(request.url, Response(404, {}, b""))

    def get_ready(self, url: str) -> None:
        del url

    def close(self) -> None:
        pass


def containers(
    bench: Workbench, http: Scripted, image: str = f"{HOST}/acme/app", registry: str = ""
) -> Containers:
    """With a token in the variables."""
    root = bench.root
    url = registry or f"https://{HOST}/api/packages/acme/pypi"
    settings = resolve(
        flags={"registry": url}, environment={}, start=root, project=None, workspace=root, user=root
    )
    world = replace(bench.having(RAILREL_TOKEN="marked-secret").world(), http=http)
    name = name_of(Wish(image, "--tag"), Version("1.0"))
    return Containers(name, choose(settings, root, world, _nobody), world, _nobody)


def _nobody(_: Secret) -> None:
    pass


def ok(body: bytes = b"", status: int = 200, **headers: str) -> Response:
    return Response(status, headers, body)


def test_of_an_index_the_image_counts_and_not_what_is_attested_of_it(bench: Workbench) -> None:
    attested = {"digest": "sha256:other", "platform": {"os": "unknown", "architecture": "unknown"}}
    image = {"digest": "sha256:image", "platform": {"os": "linux", "architecture": "amd64"}}
    http = Scripted(
        {
            f"{ROOT}/manifests/1.0": ok(json.dumps({"manifests": [attested, image]}).encode()),
            f"{ROOT}/manifests/sha256:image": ok(MANIFEST),
            f"{ROOT}/blobs/sha256:config": ok(CONFIG),
        }
    )

    held = containers(bench, http).held()

    assert held is not None
    assert held.revision == COMMIT


def test_an_object_store_that_hands_out_the_configuration_gets_no_credential(
    bench: Workbench,
) -> None:
    elsewhere = "https://store.example.com/config?signature=x"
    http = Scripted(
        {
            f"{ROOT}/manifests/1.0": ok(MANIFEST),
            f"{ROOT}/blobs/sha256:config": ok(status=307, location=elsewhere),
            elsewhere: ok(CONFIG),
        }
    )

    held = containers(bench, http).held()

    assert held is not None
    assert held.revision == COMMIT
    assert http.seen[-1] == Request("GET", elsewhere)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{}", b'{"config": 1}', b'{"config": {"digest": "sha256:config"}}'],
)
def test_what_says_nothing_of_a_commit_is_an_image_all_the_same(
    bench: Workbench, body: bytes
) -> None:
    odd = {f"{ROOT}/blobs/sha256:config": ok(b'{"config": {"Labels": null}}')}
    http = Scripted({f"{ROOT}/manifests/1.0": ok(body), **odd})

    held = containers(bench, http).held()

    assert isinstance(held, Held)
    assert held.revision == ""


@pytest.mark.parametrize(
    ("realm", "reached"),
    [
        (f"https://{HOST}/v2/token", True),
        (f"http://{HOST}/v2/token", False),
        ("https://elsewhere.example.com/token", False),
        ("/v2/token", False),
    ],
)
def test_the_credential_goes_to_the_registrys_own_host_alone(
    bench: Workbench, realm: str, *, reached: bool
) -> None:
    challenge = {"www-authenticate": f'Bearer realm="{realm}",service="s", Basic realm="x"'}
    http = Scripted({f"{ROOT}/manifests/1.0": Response(401, challenge, b"")})

    with pytest.raises(RefusedError) as caught:
        containers(bench, http).held()

    sent = [request for request in http.seen if request.credential]
    assert bool(sent) == reached
    assert ("has its tokens given out by" in str(caught.value)) != reached


@pytest.mark.parametrize(
    ("image", "registry", "sent"),
    [
        (f"{HOST}/acme/app", "", True),
        (f"{HOST}:443/acme/app", "", True),
        (f"{HOST}/acme/app", "packages", True),
        ("images.example.com/acme/app", "", False),
        (f"{HOST}:8443/acme/app", "", False),
    ],
)
def test_what_the_variables_say_is_for_the_server_of_the_packages(
    bench: Workbench, image: str, registry: str, *, sent: bool
) -> None:
    host = image.partition("/")[0]
    basic = Response(401, {"www-authenticate": 'Basic realm="x"'}, b"")
    http = Scripted({f"https://{host}/v2/acme/app/manifests/1.0": basic})

    with pytest.raises(RefusedError):
        containers(bench, http, image, registry).held()

    assert bool([request for request in http.seen if request.credential]) == sent


def test_on_another_host_what_is_kept_for_it_counts(bench: Workbench) -> None:
    bench.home.mkdir()
    netrc = bench.home / ".netrc"
    netrc.write_text("machine images.example.com\nlogin bot\npassword another\n")
    netrc.chmod(0o600)

    found = containers(bench, Scripted({}), "images.example.com/acme/app").credential

    assert found is not None
    assert (found.username, found.password.reveal()) == ("bot", "another")


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (ok(status=404, body=b"<html>"), RefusedError, "has no registry of images"),
        (ok(status=405), RefusedError, "[packages] ENABLED = true"),
        (
            ok(status=403, body=b'{"errors": [{"code": "DENIED", "message": "no quota"}]}'),
            RefusedError,
            "from RAILREL_TOKEN at this image (403): DENIED no quota",
        ),
        (ok(status=502, body=b"<html>"), UnreachableError, "in trouble"),
    ],
)
def test_what_keeps_us_from_pushing_is_explained(
    bench: Workbench, answer: Response, kind: type[Exception], said: str
) -> None:
    http = Scripted({f"{ROOT}/blobs/uploads/": answer})

    with pytest.raises(kind) as caught:
        containers(bench, http).check_access()

    assert isinstance(caught.value, RefusedError | UnreachableError)
    (problem,) = caught.value.problems
    assert said in f"{problem.message} {problem.hint}"
    assert "<html>" not in problem.message


@pytest.mark.parametrize(
    ("location", "called_off"),
    [
        ("/v2/acme/app/blobs/uploads/7", f"{ROOT}/blobs/uploads/7"),
        (f"{ROOT}/blobs/uploads/7?state=x", f"{ROOT}/blobs/uploads/7?state=x"),
        ("https://elsewhere.example.com/7", None),
    ],
)
def test_the_upload_that_is_begun_to_know_is_called_off(
    bench: Workbench, location: str, called_off: str | None
) -> None:
    http = Scripted({f"{ROOT}/blobs/uploads/": ok(status=202, location=location)})

    containers(bench, http).check_access()

    asked = [(request.method, request.url) for request in http.seen[1:]]
    assert asked == ([("DELETE", called_off)] if called_off else [])
