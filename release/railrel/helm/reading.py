"""What is wanted, from what was asked for and from what values that are there say already."""

from typing import Literal

from railrel.errors import ConfigError
from railrel.helm.ingress import has_tls, hosts_of, is_on, kind_of
from railrel.helm.sizes import UNLIMITED, meant_bytes
from railrel.helm.values_file import ValuesFile
from railrel.helm.wishes import (
    MAX_FILE,
    S3,
    Ingress,
    SignIn,
    Volume,
    Wishes,
    endpoint_of,
    size_of,
    url_of,
)
from railrel.values import dataclass

_PACKAGES_PATH = "/api/packages/"


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command; None for what was not given."""

    url: str | None = None
    max_file: str | None = None
    max_owner: str | None = None
    storage: Literal["volume", "s3"] | None = None
    s3_endpoint: str | None = None
    s3_bucket: str | None = None
    s3_region: str | None = None
    s3_secret: str | None = None
    s3_plain_http: bool = False
    sign_in: SignIn | None = None
    ingress: Ingress | None = None


def wishes_of(asked: Asked, registry: str, there: ValuesFile | None) -> Wishes:
    """What is wanted.

    `registry` is the address of a Gitea registry, or empty. ConfigError for options that cannot be meant, and when nobody says where
    Gitea is.
    """
    options = ("max_file", "max_owner", "storage", "sign_in")
    return Wishes(
        url=_url(asked, registry, there),
        max_file=_max_file(asked, there),
        max_owner=size_of(asked.max_owner, "--max-owner") if asked.max_owner else None,
        storage=_storage(asked, there),
        sign_in=asked.sign_in or "required",
        ingress=asked.ingress or _ingress(there),
        asked=frozenset(name.replace("_", "-") for name in options if getattr(asked, name)),
    )


def _url(asked: Asked, registry: str, there: ValuesFile | None) -> str:
    if asked.url:
        return url_of(asked.url, "--url")
    if registry:
        return url_of(registry.partition(_PACKAGES_PATH)[0], "the setting registry")
    entry = there.entry("server", "ROOT_URL") if there else None
    if there and entry and entry.is_set:
        return url_of(entry.value or "", there.place(entry.pair.value))
    if there and hosts_of(there):
        return url_of(
            f"{'https' if has_tls(there) else 'http'}://{hosts_of(there)[0]}", "the ingress"
        )
    raise ConfigError(
        "nobody says at which address people reach Gitea",
        at="--url",
        hint="railrel helm-values --url https://git.example.com/; or set registry",
    )


def _max_file(asked: Asked, there: ValuesFile | None) -> int:
    if asked.max_file:
        return size_of(asked.max_file, "--max-file")
    entry = there.entry("packages", "LIMIT_SIZE_PYPI") if there else None
    size = meant_bytes(entry.value or "") if entry else None
    return size if size not in (None, UNLIMITED, 0) else MAX_FILE


def _storage(asked: Asked, there: ValuesFile | None) -> Volume | S3 | None:
    about = (
        asked.s3_endpoint,
        asked.s3_bucket,
        asked.s3_region,
        asked.s3_secret,
        asked.s3_plain_http,
    )
    if asked.storage != "s3" and any(about):
        raise ConfigError(
            "options of S3 are given, and packages are not to lie there",
            at="--storage",
            hint="--storage s3",
        )
    match asked.storage:
        case "volume":
            return Volume()
        case "s3":
            return _s3(asked, there)
        case None:
            said = there and any(one.key == "STORAGE_TYPE" for one in there.entries)
            return None if said else Volume()


def _s3(asked: Asked, there: ValuesFile | None) -> S3:
    def said(key: str) -> str | None:
        entry = there.entry("storage.minio", key) if there else None
        return entry.value if entry and entry.is_set else None

    endpoint = asked.s3_endpoint or said("MINIO_ENDPOINT")
    if not endpoint:
        raise ConfigError(
            "nobody says where the S3 server is",
            at="--s3-endpoint",
            hint="--s3-endpoint minio.example.com:9000",
        )
    usual = S3("")
    return S3(
        endpoint=endpoint_of(endpoint),
        bucket=asked.s3_bucket or said("MINIO_BUCKET") or usual.bucket,
        region=asked.s3_region or said("MINIO_LOCATION") or usual.region,
        secret=asked.s3_secret or usual.secret,
        tls=not asked.s3_plain_http and said("MINIO_USE_SSL") != "false",
    )


def _ingress(there: ValuesFile | None) -> Ingress:
    if there is None:
        return "nginx"
    kind = kind_of(there)
    return "none" if kind == "unknown" or not is_on(there) else kind
