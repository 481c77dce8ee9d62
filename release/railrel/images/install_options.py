"""What the options of `pip install` and `uv pip install` take, and what a second command makes of them.

https://pip.pypa.io/en/stable/cli/pip_install/ and https://docs.astral.sh/uv/reference/cli/#uv-pip-install
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VALUED: Final = _words(
    """
    -b -c -C -e -f -i -p -P -r -t
    --abi --all-releases --allow-insecure-host --build-constraint --build-constraints --cache-dir
    --cert --client-cert --color --config-file --config-setting --config-settings
    --config-settings-package --constraint --constraints --default-index --editable --exclude-newer
    --exclude-newer-package --excludes --exists-action --extra --extra-index-url --find-links
    --fork-strategy --group --implementation --index --index-strategy --index-url
    --keyring-provider --link-mode --log --no-binary --no-build-isolation-package
    --no-sources-package --only-binary --only-final --output-format --overrides --platform --prefix
    --prerelease --progress-bar --proxy --pypi-url --python --python-platform --python-version
    --refresh-package --reinstall-package --report --requirement --requirements
    --requirements-from-script --resolution --resume-retries --retries --root --root-user-action
    --src --target --timeout --torch-backend --trusted-host --upgrade-group --upgrade-package
    --upgrade-strategy --uploaded-prior-to --use-deprecated --use-feature
    """
)
"""Options that take the next word, if no value is joined to them."""

FLAGS: Final = _words(
    """
    -I -n -q -qq -qqq -U -v -vv -vvv
    --all-extras --break-system-packages --check --check-build-dependencies --compile
    --compile-bytecode --debug --disable-pip-version-check --dry-run --exact --force-reinstall
    --ignore-installed --ignore-requires-python --isolated --managed-python --native-tls
    --no-break-system-packages --no-build --no-build-isolation --no-cache --no-cache-dir --no-clean
    --no-color --no-compile --no-config --no-deps --no-index --no-input --no-managed-python
    --no-progress --no-proxy-env --no-python-downloads --no-require-hashes --no-sources
    --no-verify-hashes --no-warn-conflicts --no-warn-script-location --offline --pre
    --prefer-binary --quiet --refresh --reinstall --require-hashes --require-virtualenv --strict
    --system --system-certs --upgrade --user --verbose
    """
)

INDEX: Final = _words(
    """
    -f -i --default-index --extra-index-url --find-links --index --index-strategy --index-url
    --no-index --pypi-url
    """
)
"""Where packages are looked for: not to be said to a command that asks the registry alone."""

MORE: Final = _words(
    """
    -e -r --all-extras --editable --extra --group --requirement --requirements
    --requirements-from-script
    """
)
"""Other things to install."""

HIDDEN: Final = frozenset(["-t", "--prefix", "--root", "--target"])
"""They put packages where a second command does not see them."""

AFRESH: Final = frozenset(
    ["-I", "--force-reinstall", "--ignore-installed", "--reinstall", "--upgrade-strategy"]
)
"""A second command would fetch again, from elsewhere, what the first one has installed."""

WHOLE: Final = frozenset(["--check", "--dry-run", "--exact", "--report"])
"""They speak of all that one command installs, which two cannot say."""
