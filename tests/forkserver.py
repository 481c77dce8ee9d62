"""railrel started again and again in no time: a process that has loaded it all forks for each run.

    python forkserver.py ARGUMENT ...

It runs railrel once with these arguments, so that all is loaded that the runs will need, and answers
the exit code. Then a line of JSON with `argv`, `folder`, `out` and `err` on stdin starts a run, and its
pid comes back on stdout; a line with anything waits for its end, and its exit code comes back, negative
for a signal. Each run has a session of its own, so that it can be killed with its children.
"""

import json
import os
import sys

from railrel.cli import main
from railrel.effects import real_world


def serve() -> None:
    """Until nobody asks any more."""
    stdout = os.dup(1)
    os.dup2(2, 1)
    code = main(sys.argv[1:], real_world())
    sys.stdout.flush()
    os.dup2(stdout, 1)
    _answer(code)
    while line := sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            _run(**json.loads(line))
        _answer(pid)
        sys.stdin.readline()
        _answer(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _run(argv: list[str], folder: str, out: str, err: str) -> None:
    os.setsid()
    os.chdir(folder)
    for stream, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = main(argv, real_world())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
