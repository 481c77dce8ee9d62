"""What stands in front of Gitea, as far as the values say."""

from typing import Literal

from railrel.helm.nodes import items, pairs, text_of
from railrel.helm.values_file import ValuesFile

_NGINX = "nginx.ingress.kubernetes.io/"
# Annotations by which something ends TLS, with the value that says so; any, where there is none.
_TLS_ANNOTATIONS = {
    "cert-manager.io/cluster-issuer": "",
    "cert-manager.io/issuer": "",
    "alb.ingress.kubernetes.io/certificate-arn": "",
    "traefik.ingress.kubernetes.io/router.tls": "true",
    f"{_NGINX}force-ssl-redirect": "true",
}


def is_on(file: ValuesFile) -> bool:
    """Whether the chart makes an ingress."""
    return file.printed("ingress", "enabled") == "true"


def kind_of(file: ValuesFile) -> Literal["nginx", "traefik", "unknown", "none"]:
    """Whose ingress it is; `none` where the chart makes none."""
    if not is_on(file):
        return "none"
    annotations = [pair.name for pair in pairs(file.node("ingress", "annotations"))]
    old = file.printed("ingress", "annotations", "kubernetes.io/ingress.class")
    name = (file.printed("ingress", "className") + old).lower()
    if "traefik" in name:
        return "traefik"
    if "nginx" in name or any(one.startswith(_NGINX) for one in annotations):
        return "nginx"
    return "unknown"


def has_tls(file: ValuesFile) -> bool:
    """Whether the ingress ends TLS."""
    annotations = file.node("ingress", "annotations")
    return is_on(file) and (
        bool(items(file.node("ingress", "tls")))
        or any(
            says and says == (wanted or says)
            for name, wanted in _TLS_ANNOTATIONS.items()
            for says in [text_of(annotations, name)]
        )
    )


def hosts_of(file: ValuesFile) -> tuple[str, ...]:
    """The hosts of an ingress that is on; those that a template makes are not known."""
    if not is_on(file):
        return ()
    hosts = (text_of(item, "host") for item in items(file.node("ingress", "hosts")))
    return tuple(host.lower() for host in hosts if host and "{{" not in host)
