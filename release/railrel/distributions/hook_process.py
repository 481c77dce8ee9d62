"""Runs a backend's hooks, one after another, in one process.

Not for importing: the Python of a build environment runs this file, and has nothing but its standard
library. A line on standard input is a request in JSON: the `argv` of a script, `cwd`, `environ`. The
script runs as if it had been started so, with no other environment. A line on standard output tells
its exit `code`, and whether it left this process as it found it, fit for what has another `cwd`.

The arguments are modules to load before anything is asked. Scripts see an empty standard input, and
what they print goes to standard error.
"""

import atexit
import builtins
import contextlib
import importlib
import json
import os
import sys
import threading
import time
import traceback
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import TextIO

# What a build script patches when it patches something of Python's own.
_PATCHED = (
    "builtins", "glob", "gzip", "os", "posixpath", "random", "shutil", "subprocess", "tarfile", "time",
    "zipfile",
)  # fmt: skip
# Of the module `time`, by tzset.
_SET_BY_US = ("altzone", "daylight", "timezone", "tzname")
# Whatever an environment prints before we run is no answer.
MARK = "railrel-answer:"


def main() -> None:
    requests, answers = _streams()
    for name in sys.argv[1:]:
        # Only ahead of time: who needs it will say what is wrong with it.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    before = _own_things()
    for line in requests:
        request = json.loads(line)
        folder = request["cwd"]
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(request["environ"])
        time.tzset()
        code = _run(request["argv"])
        sys.stdout.flush()
        sys.stderr.flush()
        clean = code == 0 and not _has_left_something(folder) and _are_same(before)
        answers.write(f"{MARK}{json.dumps({'code': code, 'clean': clean})}\n")
        answers.flush()
    # What libraries do at exit is theirs; taking the interpreter apart is nobody's.
    atexit._run_exitfuncs()  # noqa: SLF001 -- nothing public does it
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _streams() -> tuple[TextIO, TextIO]:
    """Our own standard input and output; no program that a hook starts gets them."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return requests, answers


def _run(argv: list[str]) -> int:
    sys.argv[:] = argv
    names = {"__name__": "__main__", "__file__": argv[0], "__builtins__": builtins}
    try:
        exec(_compiled(argv[0]), names)  # noqa: S102 -- a script is what we are to run
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)  # noqa: T201 -- as the interpreter does
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- so does the interpreter
        traceback.print_exc()
        return 1
    return 0


@lru_cache
def _compiled(script: str) -> CodeType:
    return compile(Path(script).read_bytes(), script, "exec", dont_inherit=True)


def _has_left_something(folder: str) -> bool:
    """Whether modules of the source are loaded, or would be, or anything of it is still running."""
    below = os.path.join(folder, "")  # noqa: PTH118
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    places = [os.path.join(entry, "") for entry in sys.path]  # noqa: PTH118
    loaded = any(isinstance(f, str) and f.startswith(below) for f in [*files, *places])
    return loaded or threading.active_count() > 1 or not _is_in(folder)


def _own_things() -> dict[str, dict[str, object]]:
    """What Python's own modules hold, of those that are loaded."""
    loaded = ((name, sys.modules.get(name)) for name in _PATCHED)
    return {name: dict(vars(module)) for name, module in loaded if module}


def _are_same(before: dict[str, dict[str, object]]) -> bool:
    """Whether nobody has put something else into those modules since."""
    after = _own_things()
    return all(
        before[name].get(key, before) is thing
        for name in before
        for key, thing in after.get(name, {}).items()
        if not key.startswith("__") and key not in _SET_BY_US
    )


def _is_in(folder: str) -> bool:
    try:
        return Path(folder).samefile(os.curdir)
    except OSError:
        return False


if __name__ == "__main__":
    main()
