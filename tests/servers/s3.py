"""A server of S3 on loopback: moto, a double, that keeps what it is given in memory."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx

from tests.servers.missing import need
from tests.servers.running import free_port, running

_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running one, that takes any keys."""

    endpoint: str
    """HOST:PORT."""

    def objects(self, bucket: str) -> list[str]:
        """The names of all in a bucket."""
        answer = httpx.get(f"http://{self.endpoint}/{bucket}", timeout=10, trust_env=False)
        listed = ET.fromstring(answer.raise_for_status().text)  # noqa: S314 -- our own
        return [str(key.text) for key in listed.iter(f"{_NAMESPACE}Key")]


@contextlib.contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Start one, with its log in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    endpoint = f"127.0.0.1:{port}"

    def is_up() -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"http://{endpoint}/", timeout=2, trust_env=False).is_success
        return False

    argv = [str(need("moto")), "-H", "127.0.0.1", "-p", str(port)]
    with running(argv, folder, {"PATH": os.environ["PATH"], "HOME": str(folder)}, is_up):
        yield S3Server(endpoint)
