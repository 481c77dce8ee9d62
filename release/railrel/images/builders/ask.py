"""Ask a port of this machine until it answers HTTP, and print each status that is new.

    python ask.py PORT PATH SECONDS

A small program of its own: it runs where railrel is not, inside of containers.
"""

import http.client
import sys
import time

TROUBLE = 500


def main(port: str, path: str, seconds: str) -> None:
    end = time.monotonic() + float(seconds)
    last = 0
    while time.monotonic() < end:
        status = _status(int(port), path)
        if status not in (0, last):
            print(status, flush=True)  # noqa: T201 -- it is what is asked for
            last = status
        if 0 < status < TROUBLE:
            return
        time.sleep(0.1)


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
