"""Whether the credential goes over the network in the clear."""

from urllib.parse import urlsplit

from railrel.doctor.changes import Change, gitea
from railrel.doctor.findings import Finding, fine, wrong
from railrel.doctor.registry.site import Site
from railrel.workspace.hosts import is_loopback

ID = "encryption"
TITLE = "credentials do not cross the network in the clear"
KINDS: tuple[str, ...] = ("gitea", "legacy")
AFTER: tuple[str, ...] = ()


def examine(site: Site) -> tuple[Finding, ...]:
    parts = urlsplit(site.place)
    if parts.scheme == "https":
        return (fine("https"),)
    if is_loopback(parts.netloc.rpartition("@")[2]):
        return (fine("plain http, and it does not leave this machine"),)
    address = site.place.replace("http://", "https://", 1)
    changes: tuple[Change, ...] = (Change("setting", "registry", address),)
    if site.kind == "gitea":
        root = site.root.replace("http://", "https://", 1)
        tls = Change("helm", "ingress.tls[0].hosts[0]", str(parts.hostname))
        changes = (*changes, tls, *gitea("server", "ROOT_URL", f"{root}/"))
    return (wrong("the credential goes over the network in the clear", *changes),)
