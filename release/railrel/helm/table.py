"""The settings of app.ini that a Gitea needs for a Python registry: one table.

Names and meanings: custom/conf/app.example.ini, modules/setting/{packages,storage,service}.go in go-gitea/gitea.
"""

from collections.abc import Iterator
from typing import Final, Literal

from railrel.helm.sizes import shown
from railrel.helm.wishes import S3, Volume, Wishes
from railrel.values import dataclass

OWN_KEY: Final = (
    "Not here, and wanted before the first start: SECRET_KEY of [security], as printed by",
    "gitea generate secret SECRET_KEY. Without it the secrets of Actions are encrypted by a key that is the",
    "same in every Gitea; with another one later they are lost.",
)
"""What no form but the chart's brings: the chart makes a key (modules/setting/security.go in go-gitea/gitea)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of app.ini."""

    section: str
    key: str
    value: str
    why: str
    """One or more lines for whoever reads the file."""
    weight: Literal["needed", "chosen"] = "needed"
    """`chosen`: another value is as good, and one that somebody set stays."""


@dataclass(frozen=True, slots=True)
class SecretSetting:
    """One key of app.ini whose value is in a Secret and nowhere else."""

    section: str
    key: str
    secret: str
    """The Secret's name."""
    item: str
    """Its key in the Secret."""
    why: str


def settings_of(wishes: Wishes) -> tuple[Setting, ...]:
    """All settings without secrets, in the order in which they are written."""
    return tuple(_settings(wishes))


def secrets_of(wishes: Wishes) -> tuple[SecretSetting, ...]:
    """What is taken from a Secret."""
    match wishes.storage:
        case S3() as s3:
            return (
                SecretSetting(
                    "storage.minio",
                    "MINIO_ACCESS_KEY_ID",
                    s3.secret,
                    "access-key",
                    "The bucket's keys come from a Secret; they stand in no file.",
                ),
                SecretSetting(
                    "storage.minio", "MINIO_SECRET_ACCESS_KEY", s3.secret, "secret-key", ""
                ),
            )
        case Volume() | None:
            return ()


def _settings(wishes: Wishes) -> Iterator[Setting]:
    def weight(*names: str) -> Literal["needed", "chosen"]:
        return "needed" if wishes.asked & set(names) else "chosen"

    yield Setting(
        "server",
        "ROOT_URL",
        wishes.url,
        "Links in the pages that pip and uv read begin with this. It must be the address that they use:\n"
        "with another host they send no token along, with http:// they meet a redirect.",
    )
    yield Setting(
        "packages",
        "ENABLED",
        "true",
        "On is the default; written down so that nobody has to know.",
    )
    yield Setting(
        "packages",
        "LIMIT_SIZE_PYPI",
        shown(wishes.max_file),
        "Largest file of a package. A size that Gitea cannot read means no limit, without a word;\n"
        "site admins are under no limit. What stands in front of Gitea must let more than this through.",
        weight("max-file"),
    )
    if wishes.max_owner is not None:
        yield Setting(
            "packages",
            "LIMIT_TOTAL_OWNER_SIZE",
            shown(wishes.max_owner),
            "All packages of one owner together.",
            weight("max-owner"),
        )
    yield from _storage(wishes, weight("storage"))
    yield Setting(
        "cron.cleanup_packages",
        "ENABLED",
        "true",
        "Runs the clean-up rules that owners set in the web interface, and frees the space of what was\n"
        "deleted. There is no rule for all owners.",
    )
    yield Setting("cron.cleanup_packages", "SCHEDULE", "@midnight", "", "chosen")
    yield Setting(
        "cron.cleanup_packages",
        "OLDER_THAN",
        "24h",
        "Uploads that are younger are left alone.",
        "chosen",
    )
    yield Setting(
        "actions",
        "ENABLED",
        "true",
        "The jobs that publish on a tag run in Gitea Actions; a runner has to be installed beside it.",
    )
    yield from _sign_in(wishes, weight("sign-in"))


def _storage(wishes: Wishes, weight: Literal["needed", "chosen"]) -> Iterator[Setting]:
    match wishes.storage:
        case Volume():
            yield Setting(
                "packages",
                "STORAGE_TYPE",
                "local",
                "Below packages/ of APP_DATA_PATH, on Gitea's own volume. More than one replica needs a\n"
                "volume that all can write (ReadWriteMany).",
                weight,
            )
        case S3() as s3:
            yield Setting(
                "packages", "STORAGE_TYPE", "minio", "S3 and MinIO; there is no s3.", weight
            )
            yield Setting(
                "packages",
                "SERVE_DIRECT",
                "false",
                "Files go through Gitea. With true, pip and uv must reach the bucket themselves.",
                "chosen",
            )
            section = "storage.minio"
            yield Setting(section, "STORAGE_TYPE", "minio", "", weight)
            yield Setting(section, "MINIO_ENDPOINT", s3.endpoint, "HOST:PORT, no scheme.", weight)
            yield Setting(section, "MINIO_BUCKET", s3.bucket, "", weight)
            yield Setting(section, "MINIO_LOCATION", s3.region, "", weight)
            yield Setting(section, "MINIO_USE_SSL", str(s3.tls).lower(), "", weight)
        case None:
            pass


def _sign_in(wishes: Wishes, weight: Literal["needed", "chosen"]) -> Iterator[Setting]:
    closed = wishes.sign_in == "required"
    yield Setting(
        "service",
        "DISABLE_REGISTRATION",
        str(closed).lower(),
        "Nobody makes an account for themselves: every signed-in user sees what is not private."
        if closed
        else "Everybody may make an account.",
        weight,
    )
    yield Setting(
        "service",
        "REQUIRE_SIGNIN_VIEW",
        str(closed).lower(),
        "Strangers see nothing. Tools then need a token for public owners as well, even to ask for\n"
        "/api/v1/version."
        if closed
        else "Strangers may read what public owners publish.",
        weight,
    )
