"""One image to prove: what is known of it before anything is built."""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.utils import NormalizedName

from railrel.errors import Problem
from railrel.images.builders.protocol import Argv, Build, Builder, Run
from railrel.images.dockerfiles import Dockerfile
from railrel.images.proofs.context import Context
from railrel.images.proofs.registry import Target
from railrel.images.pushes.marks import NO_MARKS, Marks
from railrel.values import dataclass
from railrel.workspace.projects import Project
from railrel.world import Credential


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be proved, and with what."""

    project: Project
    file: Dockerfile
    context: Context
    pins: tuple[tuple[NormalizedName, str], ...]
    """Locked packages that come from the team's registry, with each version."""
    target: Target
    builder: Builder
    options: Argv
    ca: Path | None
    serves: bool
    """Whether it is known to serve HTTP; a port that it exposes says so as well."""
    port: str
    healthcheck: str
    variables: tuple[str, ...]
    seconds: int
    marks: Marks = NO_MARKS
    """What is said about where it comes from, if it is to be pushed."""

    @property
    def name(self) -> str:
        """Of its container: always the same, so that what a killed run left is found again."""
        key = f"{self.project.folder} {os.getuid()}".encode()
        return f"railrel-prove-{self.project.name}-{hashlib.sha256(key).hexdigest()[:12]}"

    @property
    def tag(self) -> str:
        """Of its image, while it is not proved."""
        return f"localhost/{self.name}:unproved"

    def build(self, scratch: Path, *, netrc: bool) -> Build:
        """The build, in a copy that has nothing beside it."""
        secrets = [("netrc", scratch / "secrets" / "netrc")] if netrc else []
        secrets += [("ca", self.ca)] if self.ca else []
        copy = scratch / "alone" / self.project.folder.name
        return Build(
            context=copy,
            tag=self.tag,
            secrets=tuple(secrets),
            options=self.options,
            labels=self.marks.labels,
            arguments=self.marks.arguments,
        )

    def run(self, scratch: Path, argv: Argv, exposed: str) -> Run:
        """The start, of what the image starts by itself."""
        path = f"/{self.healthcheck.removeprefix('/')}"
        port = exposed or (self.port if self.serves else "")
        return Run(
            tag=self.tag,
            name=self.name,
            argv=argv,
            scratch=scratch,
            variables=self.variables,
            variables_file=scratch / "variables.json" if self.variables else None,
            port=port,
            path=path,
            seconds=self.seconds,
            root=os.geteuid() == 0,
        )


def netrc(host: str, credential: Credential) -> bytes:
    """The file that tells a build who we are."""
    words = (credential.username, credential.password.reveal())
    login, password = (_word(word) for word in words)
    return f"machine {host}\nlogin {login}\npassword {password}\n".encode()


def _word(text: str) -> str:
    if re.fullmatch(r"[^\s\"\\#]+", text):
        return text
    escaped = re.sub(r"([\"\\])", r"\\\1", text)
    return f'"{escaped}"'


def missing_variables(given: Iterable[str], environment: Mapping[str, str]) -> list[Problem]:
    """Names without a value that our environment has none for either."""
    return [
        Problem(
            f"{name} is not set, so it cannot be passed on",
            hint=f"set it, or say it whole: --env {name}=VALUE",
        )
        for name in given
        if "=" not in name and name not in environment
    ]


def variables_of(given: Iterable[str], environment: Mapping[str, str]) -> bytes:
    """All of them with their values, as JSON."""
    pairs = (word.partition("=") for word in given)
    values = {name: value if equals else environment[name] for name, equals, value in pairs}
    return json.dumps(values).encode()
