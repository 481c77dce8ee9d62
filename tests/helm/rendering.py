"""The real Helm on our small chart, and what would come to stand in app.ini."""

import configparser
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from railrel.helm.environment import section_and_key
from tests.servers.missing import need

CHART = Path(__file__).parent / "chart"
HELMS = ("helm-3", "helm-4")
SECONDS = 60
# The chart's own.
_OWN = {("server", "SSH_PORT"), ("server", "SSH_LISTEN_PORT")}

Ini = Mapping[tuple[str, str], str]


def run_helm(helm: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a Helm to its end."""
    return subprocess.run(
        [str(need(helm)), *arguments],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def manifests(helm: str, values: Path) -> list[dict[str, object]]:
    """What the chart becomes with these values, which it must."""
    done = run_helm(helm, "template", "gitea", str(CHART), "--values", str(values))
    assert done.returncode == 0, done.stderr
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def ini_by_helm(helm: str, values: Path) -> Ini:
    """The keys that the chart's Secret hands to app.ini, with their values as Helm printed them."""
    (secret,) = [one for one in manifests(helm, values) if one["kind"] == "Secret"]
    files = secret["stringData"]
    assert isinstance(files, dict)
    found = {
        (section.lower(), line.partition("=")[0].upper()): line.partition("=")[2]
        for section, lines in files.items()
        for line in str(lines).splitlines()
    }
    return {place: value for place, value in found.items() if place not in _OWN}


def variables_by_helm(helm: str, values: Path) -> dict[str, object]:
    """The variables of the container that writes app.ini."""
    (deployment,) = [one for one in manifests(helm, values) if one["kind"] == "Deployment"]
    container = deployment["spec"]["template"]["spec"]["initContainers"][0]  # type: ignore[index]  # a Deployment
    return {one["name"]: one.get("value", one.get("valueFrom")) for one in container["env"]}


def ini_of(text: str) -> Ini:
    """The keys of a text as app.ini."""
    return {
        (section, key): value
        for section, keys in sections_of(text).items()
        for key, value in keys.items()
    }


def sections_of(text: str) -> dict[str, dict[str, str]]:
    """The sections of a text as app.ini."""
    parser = configparser.RawConfigParser(comment_prefixes=(";",), default_section="")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as its documentation says
    parser.read_string(text)
    return {section: dict(parser.items(section)) for section in parser.sections()}


def ini_of_variables(pairs: Iterator[tuple[str, str]]) -> Ini:
    """The keys that variables set."""
    found = {section_and_key(name): value for name, value in pairs}
    return {place: value for place, value in found.items() if place}
