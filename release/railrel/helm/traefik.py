"""What Traefik is told of large bodies."""

from collections.abc import Iterator

from railrel.helm.sizes import body_bytes
from railrel.helm.wishes import Wishes


def middleware(wishes: Wishes) -> Iterator[str]:
    """An object beside the chart's, as a comment: without one Traefik lets everything through."""
    size = body_bytes(wishes.max_file)
    yield from (
        "#",
        "# Traefik lets bodies of any size through. If one of its routers limits them, this is what uploads",
        "# need; the object goes into Gitea's namespace and is named by the ingress's annotation",
        "# traefik.ingress.kubernetes.io/router.middlewares: NAMESPACE-gitea-uploads@kubernetescrd",
        "#",
        "# apiVersion: traefik.io/v1alpha1",
        "# kind: Middleware",
        "# metadata:",
        "#   name: gitea-uploads",
        "# spec:",
        "#   buffering:",
        f"#     maxRequestBodyBytes: {size}",
    )
