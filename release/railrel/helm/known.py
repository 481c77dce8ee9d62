"""Which keys there are: of Gitea's app.ini, and of the official chart down to where it names none."""

import difflib
from collections.abc import Collection
from functools import lru_cache
from importlib import resources

_ANY = "*"
# Of values.yaml and the templates of gitea-charts/gitea 12 (commit 2d7a0d6, appVersion 1.25.2), and what 9 to
# 11 took. A folder that ends in * holds
# what Kubernetes or another chart says.
_CHART = """
global.* namespace replicaCount strategy.* clusterDomain nameOverride fullnameOverride
image.registry image.repository image.tag image.digest image.pullPolicy image.rootless image.fullOverride
imagePullSecrets.* podSecurityContext.* containerSecurityContext.* securityContext.* podDisruptionBudget.*
service.http.* service.ssh.*
ingress.enabled ingress.className ingress.pathType ingress.annotations.* ingress.hosts.* ingress.tls.*
ingress.apiVersion resources.* schedulerName nodeSelector.* tolerations.* affinity.*
topologySpreadConstraints.* dnsConfig.* priorityClassName
deployment.env.* deployment.terminationGracePeriodSeconds deployment.labels.* deployment.annotations.*
serviceAccount.create serviceAccount.name serviceAccount.automountServiceAccountToken
serviceAccount.imagePullSecrets.* serviceAccount.annotations.* serviceAccount.labels.*
persistence.enabled persistence.create persistence.mount persistence.claimName persistence.size
persistence.accessModes.* persistence.labels.* persistence.storageClass persistence.subPath
persistence.volumeName persistence.annotations.*
extraContainers.* preExtraInitContainers.* postExtraInitContainers.* extraVolumes.*
extraContainerVolumeMounts.* extraInitVolumeMounts.* extraVolumeMounts.* initPreScript
initContainersScriptsVolumeMountPath initContainers.* signing.enabled signing.gpgHome
signing.privateKey signing.existingSecret
gitea.admin.existingSecret gitea.admin.username gitea.admin.password gitea.admin.email
gitea.admin.passwordMode gitea.metrics.* gitea.ldap.* gitea.oauth.* gitea.config.*
gitea.additionalConfigSources.* gitea.additionalConfigFromEnvs.* gitea.podAnnotations.* gitea.ssh.*
gitea.livenessProbe.* gitea.readinessProbe.* gitea.startupProbe.*
valkey-cluster.* valkey.* postgresql-ha.* postgresql.* redis-cluster.* redis.* memcached.* mysql.* mariadb.*
actions.* checkDeprecation test.* extraDeploy.*
"""


@lru_cache(maxsize=1)
def _app_ini() -> dict[str, frozenset[str]]:
    text = (resources.files("railrel.helm") / "app-ini-keys.txt").read_text(encoding="utf-8")
    found: dict[str, frozenset[str]] = {}
    for block in text.split("\n[")[1:]:
        section, _, keys = block.partition("]")
        found[section] = frozenset(keys.split())
    return found


def sections() -> Collection[str]:
    """Sections of app.ini that are known by their whole name."""
    return [section for section in _app_ini() if not section.endswith(_ANY)]


def keys_of(section: str) -> frozenset[str] | None:
    """The keys that a section may have; None for a section that there is not. `*` is any key."""
    known = _app_ini()
    if section in known:
        return known[section]
    family = next(
        (one for one in known if one.endswith(_ANY) and section.startswith(one[:-1])), None
    )
    return known[family] if family else None


def is_key(section: str, key: str) -> bool:
    """Whether a section that there is may have this key."""
    keys = keys_of(section) or frozenset()
    return _ANY in keys or key in keys


def section_with(key: str) -> str:
    """The only section that may have this key; empty where none or several may."""
    found = [section for section, keys in _app_ini().items() if key in keys]
    return found[0] if len(found) == 1 else ""


@lru_cache(maxsize=1)
def _chart() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(path.split(".")) for path in _CHART.split())


def chart_keys(path: tuple[str, ...]) -> frozenset[str] | None:
    """The chart's keys below this path; None where any may stand."""
    if (*path, _ANY) in _chart():
        return None
    depth = len(path)
    return frozenset(one[depth] for one in _chart() if one[:depth] == path and len(one) > depth)


def nearest(word: str, words: Collection[str]) -> str:
    """The word that somebody may have meant; empty for none."""
    by_folded = {one.lower(): one for one in words}
    near = difflib.get_close_matches(word.lower(), by_folded, n=1, cutoff=0.7)
    return by_folded[near[0]] if near else ""
