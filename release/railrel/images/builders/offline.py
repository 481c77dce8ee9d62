"""Run a program in a network that has nothing but a loopback, and keep what it answers there.

    unshare --net python offline.py ANSWERS PORT PATH SECONDS COMMAND [ARGUMENT ...]

COMMAND takes this process's place. ANSWERS is a file; with an empty PORT nobody is asked. A small
program of its own: the new network is this process's alone, and no code of railrel's may run in it.
"""

import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

SET_FLAGS = 0x8914  # SIOCSIFFLAGS, linux/sockios.h
UP, RUNNING = 0x1, 0x40  # linux/if.h


def main(answers: str, port: str, path: str, seconds: str, *argv: str) -> None:
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", UP | RUNNING))
    if port and os.fork() == 0:
        asking = (sys.executable, "-I", "-S", str(Path(__file__).with_name("ask.py")))
        with open(answers, "wb") as file:  # noqa: PTH123 -- pathlib's is no shorter here
            os.dup2(file.fileno(), sys.stdout.fileno())
        os.execv(asking[0], (*asking, port, path, seconds))  # noqa: S606 -- no shell is what is wanted
    os.execvp(argv[0], argv)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
