"""Programs that build images. One a file, listed here in the order they are looked for."""

from railrel.images.builders import buildah, docker, podman
from railrel.images.builders.protocol import Builder

BUILDERS: tuple[Builder, ...] = (docker, podman, buildah)
