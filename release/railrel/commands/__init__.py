"""The verbs: a file, or a folder with a `command.py`. `railrel --help` loads this table alone."""

from typing import Protocol

import click

from railrel.values import dataclass


class Verb(Protocol):
    """A module below this folder."""

    command: click.Command


@dataclass(frozen=True, slots=True)
class Entry:
    """A verb's name, its module here, and what it is for."""

    name: str
    module: str
    summary: str
    builds: bool = False
    """Whether it will need a backend."""


VERBS: tuple[Entry, ...] = (
    Entry("status", "status.command", "What is here, what depends on what, what is published."),
    Entry("fix-deps", "fix_deps.command", "Turn path dependencies into version ranges."),
    Entry("index", "index.command", "Have our packages come from our registry alone."),
    Entry("link", "link", "Take a sibling from its folder while developing."),
    Entry(
        "with-fixed-deps",
        "with_fixed_deps",
        "Run a command in a copy whose dependencies are fixed.",
    ),
    Entry("dockerfile", "dockerfile", "Write a Dockerfile that builds from its own folder alone."),
    Entry("image", "image.command", "Prove that an image builds alone, starts, holds no secret."),
    Entry(
        "publish",
        "publish.command",
        "Build, inspect, upload once, prove that it arrived.",
        builds=True,
    ),
    Entry(
        "verify", "verify.command", "Judge a wheel, an sdist or a published version; install it."
    ),
    Entry(
        "release", "release.command", "Next version, changelog, commit and tag, pushed together."
    ),
    Entry("announce", "announce.command", "Make the forge's release: notes, files, checksums."),
    Entry(
        "workflow",
        "workflow.command",
        "Write the workflows that test, publish, announce and check.",
    ),
    Entry("doctor", "doctor.command", "What is wrong with the registry, and what to change."),
    Entry(
        "helm-values",
        "helm_values.command",
        "What Gitea needs to be a registry; judge your values.",
    ),
    Entry("cache", "cache", "What builds keep for the next ones; prune removes it."),
    Entry("env", "env", "Print the variables by which pip and uv find the registry."),
    Entry("config", "config", "Print each setting with where it comes from."),
)
