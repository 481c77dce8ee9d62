"""Asking about repositories, which a token for packages may not do."""

from collections.abc import Iterator

from railrel.doctor.registry.site import Site
from railrel.registries.credentials import TOKEN_USER
from railrel.world import Credential, Response, Secret

# The one that railrel asks a forge with.
_OTHER = "RAILREL_FORGE_TOKEN"


def seen(site: Site, path: str) -> Response:
    """What the API says to the first that may know it: our credential, another token, nobody.

    The last answer where none of them may.
    """
    answers = [site.api(path, credential) for credential in _askers(site)]
    return next((answer for answer in answers if answer.status == 200), answers[0])


def _askers(site: Site) -> Iterator[Credential | None]:
    if site.credential:
        yield site.credential
    for name, value in site.world.first_set(_OTHER):
        yield Credential(TOKEN_USER, Secret(value.strip()), name)
    yield None
