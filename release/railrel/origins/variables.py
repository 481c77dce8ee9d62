"""Variables of the environment that let packages come from elsewhere."""

from collections.abc import Iterator, Mapping

from railrel.errors import Problem
from railrel.origins.lines import extra_index
from railrel.workspace.hosts import is_loopback

_EXTRA = ("PIP_EXTRA_INDEX_URL", "UV_EXTRA_INDEX_URL")
_TRUSTED = ("PIP_TRUSTED_HOST", "UV_INSECURE_HOST")


def find(environment: Mapping[str, str]) -> Iterator[Problem]:
    """Each that is set, at its name."""
    for name in _EXTRA:
        if environment.get(name, "").strip():
            yield extra_index(name, name)
    if environment.get("UV_INDEX_STRATEGY", "").startswith("unsafe-"):
        yield Problem(
            "UV_INDEX_STRATEGY has uv take the highest version of all indexes, ours or not",
            "UV_INDEX_STRATEGY",
            "unset UV_INDEX_STRATEGY",
            "unsafe-index-strategy",
        )
    for name in _TRUSTED:
        hosts = [word for word in environment.get(name, "").split() if not is_loopback(word)]
        if hosts:
            yield Problem(
                f"{name} takes packages from {', '.join(hosts)} without looking at the certificate",
                name,
                f"unset {name}, and give the tools the authority: SSL_CERT_FILE, PIP_CERT",
                "trusted-host",
            )
