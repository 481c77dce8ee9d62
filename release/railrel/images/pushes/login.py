"""Who we are, in the file that docker, podman and buildah read. Pure.

https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties
"""

import json
from base64 import b64encode

from railrel.answers import table_of, value_of
from railrel.world import Credential

FILE = "config.json"
"""Its name in the folder that `docker --config` is told of."""


def login(own: bytes, host: str, credential: Credential) -> bytes:
    """The file for one push. `own` is the user's, of which it keeps which daemon to ask alone."""
    word = f"{credential.username}:{credential.password.reveal()}"
    auths = {host: {"auth": b64encode(word.encode()).decode()}}
    return json.dumps({**_daemon(own), "auths": auths}).encode()


def _daemon(own: bytes) -> dict[str, str]:
    # Of a file that is no JSON Docker warns, and takes its own defaults.
    context = table_of(value_of(own)).get("currentContext")
    return {"currentContext": context} if isinstance(context, str) else {}
