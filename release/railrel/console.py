"""What a person or a script sees: results to stdout, talk to stderr, no secret in either."""

import contextlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import TextIO

from railrel import runner
from railrel.errors import Problem, RefusedError
from railrel.job import Job
from railrel.values import dataclass
from railrel.world import Secret

# What a terminal does something at, but for line ends, tabs and colours; and what turns a text around.
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
_COMMANDS = re.compile(rf"(?!\x1b\[[0-9;]*m)(?:{_CONTROLS})")
_ALL_COMMANDS = re.compile(_CONTROLS)
_UNLIKE_OURS = re.compile(r"\n(?=\s*(?:at|hint):)")
_SET_IN = re.compile(r"\n(?!  )")
# JSON lets these stand as they are.
_BEYOND_JSON = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_USERINFO = re.compile(r"://[^/@\s\"'<>:]*:[^/@\s\"'<>]+@")


@dataclass
class Console:
    """How to talk in this run."""

    json: bool = False
    quiet: bool = False
    verbose: bool = False
    colour: str = "auto"
    """`auto`, `always` or `never`."""
    environment: Mapping[str, str] = field(default_factory=dict)
    job: Job | None = None
    """Whose runner reads along; then what others wrote is kept from commanding it."""
    above: Callable[[str], None] | None = None
    """What prints a line on the terminal while a picture is kept at its foot."""
    _secrets: set[str] = field(default_factory=set)

    def hide(self, secret: Secret) -> None:
        """Mask this value in everything from now on."""
        for line in secret.reveal().split("\n"):
            # Shorter ones would mask half the text and protect nothing.
            if len(line.strip()) >= 4:
                self._secrets.add(line.strip())

    def mask(self, text: str) -> str:
        """The text with every known secret replaced."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        # And what users wrote into the URLs of their files.
        return _USERINFO.sub("://***@", text)

    def result(self, text: str) -> None:
        """Print what was asked for; with `--json` that is the report alone, and this is talk."""
        if self.json:
            self.say(text)
        else:
            self._write(sys.stdout, text)

    def report(self, schema: str, value: object) -> None:
        """Print the one JSON object of a run. `schema` names its shape and version."""
        body = plain(value)
        content = {"schema": schema, **(body if isinstance(body, dict) else {"value": body})}
        text = _BEYOND_JSON.sub(
            lambda found: f"\\u{ord(found[0]):04x}",
            json.dumps(content, indent=2, ensure_ascii=False),
        )
        # The same value for every reader of JSON, and no command for a runner.
        self._write(sys.stdout, text.replace("##[", "#\\u0023[") if self.job else text)

    def say(self, text: str) -> None:
        """Tell a person what is happening or what to do next."""
        if not self.quiet:
            self._write(sys.stderr, text)

    def detail(self, text: str) -> None:
        """Tell those who asked for more."""
        if self.verbose:
            self._write(sys.stderr, text)

    def problem(self, problem: Problem, kind: str = "error") -> None:
        """Print three lines: what happened, where, what to type next.

        A line more of a message is set in, so that none looks like another of these.
        """
        problem = _on_its_lines(problem)
        style = "red" if kind == "error" else "yellow"
        lines = [f"{self.styled(f'{kind}:', style, sys.stderr)} {problem.message}"]
        width = len(kind)
        if problem.at:
            lines.append(f"{'at':>{width}}: {problem.at}")
        if problem.hint:
            lines.append(f"{'hint':>{width}}: {problem.hint}")
        self._write(sys.stderr, "\n".join(lines))
        if self.job:
            # Masked before it is escaped, which could hide a secret from the mask.
            shown = Problem(*map(self.mask, (problem.message, problem.at, problem.hint)))
            checkout = self.environment.get("GITHUB_WORKSPACE", "")
            self._put(sys.stderr, runner.annotation(shown, kind, checkout))

    @contextlib.contextmanager
    def group(self, name: str) -> Iterator[None]:
        """Have the log of a job fold what is said meanwhile; elsewhere nothing."""
        folds = self.job is not None and not self.quiet
        if folds:
            self._put(sys.stderr, runner.command("group", self.mask(name)))
        try:
            yield
        finally:
            if folds:
                self._put(sys.stderr, runner.command("endgroup"))

    def coloured(self, stream: TextIO) -> bool:
        """Whether colours go to this stream: `--color`, then NO_COLOR and its kin, then a terminal."""
        if self.colour != "auto":
            return self.colour == "always"
        if self.environment.get("NO_COLOR") or self.environment.get("TERM") == "dumb":
            return False
        if self.environment.get("FORCE_COLOR") or self.environment.get("CLICOLOR_FORCE"):
            return True
        return stream.isatty()

    def styled(self, text: str, colour: str, stream: TextIO) -> str:
        """The text in a colour where colours are wanted."""
        import click

        return click.style(text, fg=colour, bold=True) if self.coloured(stream) else text

    def diff(self, text: str) -> None:
        """Print a unified diff, coloured where colours are wanted."""
        colours = {"+": "green", "-": "red", "@": "cyan"}
        for line in text.splitlines():
            colour = None if line.startswith(("+++", "---")) else colours.get(line[:1])
            self.result(self.styled(line, colour, sys.stdout) if colour else line)

    def table(self, headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
        """Print a table: as wide as the terminal, or as it needs to be elsewhere."""
        from railrel.tables import fitted, whole

        colours = self.coloured(sys.stdout)
        if colours or sys.stdout.isatty() or "COLUMNS" in self.environment:
            text = fitted(headings, rows, sys.stdout, self.environment, colours=colours)
        else:
            text = whole((headings, *rows))
        self._write(sys.stdout, text)

    def _write(self, stream: TextIO, text: str) -> None:
        masked = self.mask(text)
        if stream is sys.stderr or self.job or stream.isatty():
            # Into a pipe a result goes as it is.
            masked = _COMMANDS.sub(_as_escape, masked)
        self._put(stream, runner.defused(masked) if self.job else masked)

    def apart(self) -> "Apart":
        """One that keeps what it is told until that is `given`, for work beside other work."""
        return Apart(
            json=self.json,
            quiet=self.quiet,
            verbose=self.verbose,
            colour=self.colour,
            environment=self.environment,
            job=self.job,
            _secrets=self._secrets,
        )

    def _put(self, stream: TextIO, line: str) -> None:
        # A terminal that cannot show a character gets a question mark, not a traceback.
        encoding = stream.encoding or "utf-8"
        shown = line.encode(encoding, "replace").decode(encoding)
        try:
            if self.above and stream.isatty():
                self.above(shown)
                return
            stream.write(f"{shown}\n")
            stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            # What cannot be told is no reason to stop; a result that cannot be given is.
            if stream is sys.stdout:
                raise RefusedError(
                    f"the result cannot be written: {error.strerror}",
                    at="stdout",
                    hint="make room where it goes",
                ) from error


@dataclass
class Apart(Console):
    """Keeps the lines of one thread until it is done, so that those of several do not mix."""

    _kept: list[tuple[TextIO, str]] = field(default_factory=list)

    def given(self, console: Console) -> None:
        """Print what was kept, as one piece."""
        for stream, line in self._kept:
            # A secret may have become known since.
            console._put(stream, console.mask(line))  # noqa: SLF001 -- as if it had been said there
        self._kept.clear()

    def _put(self, stream: TextIO, line: str) -> None:
        self._kept.append((stream, line))


def _on_its_lines(problem: Problem) -> Problem:
    message, at, hint = (
        _ALL_COMMANDS.sub(_as_escape, text) for text in (problem.message, problem.at, problem.hint)
    )
    # Words of others may be of several lines, a place never is.
    message = _SET_IN.sub("\n  ", _UNLIKE_OURS.sub("\n  | ", message))
    return Problem(message, at.replace("\n", "\\n"), _SET_IN.sub("\n  ", hint), problem.rule)


def _as_escape(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]


def plain(value: object) -> object:
    """A frozen value as JSON has it. Secrets are `***`, paths and versions are text."""
    if isinstance(value, Secret):
        return "***"
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return value.as_posix() if isinstance(value, Path) else str(value)
