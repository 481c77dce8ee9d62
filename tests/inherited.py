"""What of this machine's environment the tests' programs get."""

import os

# A user's settings would leak into tests; how this machine reaches its package index must stay.
_KEPT = ("PATH", "LANG", "LC_", "PIP_", "UV_", "SSL_CERT", "REQUESTS_CA", "CURL_CA", "http", "HTTP", "no_proxy", "NO_PROXY", "TMPDIR")  # fmt: skip
_NOT_KEPT = ("UV_PUBLISH", "UV_INDEX_", "PIP_CONFIG_FILE")


def inherited() -> dict[str, str]:
    """Where programs are, the language, and how packages are found."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_KEPT) and not name.startswith(_NOT_KEPT)
    }
