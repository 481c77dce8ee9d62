"""Each thing that can be wrong with values: found with its place, and made for real where that goes."""

import contextlib
import json
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import railrel.helm.checks
import railrel.helm.forms
from railrel.errors import ConfigError, Problem
from railrel.helm.checks import CHECKS, findings
from railrel.helm.forms import FORMS, helm
from railrel.helm.known import keys_of, sections
from railrel.helm.secret_values import redacted
from railrel.helm.table import settings_of
from railrel.helm.values_file import ValuesFile
from railrel.helm.wishes import S3, Wishes
from tests.helm.rendering import CHART, HELMS, ini_by_helm, run_helm
from tests.helm.test_patch import files

PATH = Path("/work/values.yaml")
ROOT = '{server: {ROOT_URL: "https://git.example.com/"}'
GOOD = f"gitea: {{config: {ROOT}}}}}\n"


def found(text: str | bytes) -> list[Problem]:
    data = text.encode() if isinstance(text, str) else text
    return list(findings(ValuesFile(PATH, data)))


def config(more: str) -> str:
    """Sections of app.ini below a good one, from line 5 on."""
    lines = "".join(f"    {line}\n" for line in more.splitlines())
    return f'gitea:\n  config:\n    server:\n      ROOT_URL: "https://git.example.com/"\n{lines}'


def ingress(more: str, url: str = "https://git.example.com/") -> str:
    """An ingress that is on; `more` from line 3 on."""
    lines = "".join(f"  {line}\n" for line in more.splitlines())
    return (
        f"ingress:\n  enabled: true\n{lines}gitea: {{config: {{server: {{ROOT_URL: '{url}'}}}}}}\n"
    )


def variable(name: str, value: str) -> str:
    """A variable that sets a key of app.ini, beside a good address."""
    return (
        f"gitea:\n  config: {ROOT}}}\n  additionalConfigFromEnvs:\n"
        f"    - name: GITEA__{name}\n      value: {value}\n"
    )


HOSTS = "hosts: [{host: git.example.com}]\n"
NGINX = f"className: nginx\n{HOSTS}"
# What, the file, the rule with line and column, and what is said.
CASES: tuple[tuple[str, str, str, str], ...] = (
    ("storage below storage", config("storage:\n  packages: {STORAGE_TYPE: minio}"), "wrong-nesting 6:7", '"storage.packages":'),
    ("a section of two words", config("cron:\n  CLEANUP_PACKAGES:\n    ENABLED: true"), "wrong-nesting 6:7", '"cron.cleanup_packages":'),
    ("a value outside", config("ROOT: /data"), "wrong-nesting 5:5", "outside of any section"),
    ("a section without anything", config("packages:"), "wrong-nesting 5:5", "outside of any section"),
    ("a list", config("i18n:\n  LANGS: [en-US, de-DE]"), "wrong-nesting 6:14", "with commas between"),
    ("several lines", config("ui.meta:\n  AUTHOR: |\n    a\n    b"), "wrong-nesting 6:15", "several lines"),
    ("a section twice", config("server:\n  ROOT_URL: https://git.example.com/"), "duplicate-key 5:5", "what line 3 says is lost"),
    ("a section twice in another case", config("Server:\n  ROOT_URL: https://git.example.com/"), "duplicate-key 5:5", "what line 3 says is lost"),
    ("a key twice in another case", config("ui:\n  THEMES: a\n  themes: b"), "duplicate-key 7:7", "themes stands twice"),
    ("a key twice", config("ui:\n  THEMES: a\n  THEMES: b"), "duplicate-key 7:7", "THEMES stands twice"),
    ("a key of the chart", "replicaCounts: 1\n" + GOOD, "unknown-key 1:1", "did you mean replicaCount?"),
    ("a key within the chart", "persistence:\n  accessMode: x\n" + GOOD, "unknown-key 2:3", "did you mean accessModes?"),
    ("a key of another section", config("server:\n  ROOT_URL: https://git.example.com/\n  DISABLE_REGISTRATION: true").replace('    server:\n      ROOT_URL: "https://git.example.com/"\n', ""), "unknown-key 5:7", "[service] has one"),
    ("a section", config("package:\n  ENABLED: true"), "unknown-key 5:5", "did you mean packages?"),
    ("a key of app.ini", config("packages:\n  LIMIT_SIZE_PIPY: 1 GiB"), "unknown-key 6:7", "did you mean LIMIT_SIZE_PYPI?"),
    ("a variable of old", f"gitea:\n  config: {ROOT}}}\n  additionalConfigFromEnvs:\n    - name: ENV_TO_INI__PACKAGES__ENABLED\n      value: 'true'\n", "unknown-key 4:7", "GITEA__PACKAGES__ENABLED"),
    ("a variable of another section", f"gitea:\n  config: {ROOT}}}\n  additionalConfigFromEnvs:\n    - name: GITEA__STORAGE_MINIO__MINIO_BUCKET\n      value: 'b'\n", "unknown-key 4:7", "did you mean storage"),
    ("a large number", config("packages:\n  LIMIT_SIZE_PYPI: 1073741824"), "number-as-float 6:24", "as 1.073741824e+09; Gitea"),
    ("a large number with lines between", config("packages:\n  LIMIT_SIZE_PYPI: 1_073_741_824"), "number-as-float 6:24", 'LIMIT_SIZE_PYPI: "1073741824"'),
    ("a large number in hexadecimal", config("packages:\n  LIMIT_SIZE_PYPI: 0x40000000"), "number-as-float 6:24", 'LIMIT_SIZE_PYPI: "1073741824"'),
    ("no value", config("packages:\n  LIMIT_SIZE_NPM:"), "number-as-float 6:7", "writes <nil>"),
    ("a size that is none", config("packages:\n  LIMIT_SIZE_PYPI: 100 Megs"), "unreadable-size 6:24", "no limit at all"),
    ("a size with an exponent", config('packages:\n  LIMIT_SIZE_PYPI: "1e+09"'), "unreadable-size 6:24", "no limit at all"),
    ("a size of nothing", config("packages:\n  LIMIT_TOTAL_OWNER_SIZE: 0"), "unreadable-size 6:31", "every package is refused"),
    ("a number in an annotation", ingress(HOSTS + "annotations:\n  a.example.com/x: 0"), "unquoted-text 5:22", "put it in quotes"),
    ("a boolean in a variable", f"gitea:\n  config: {ROOT}}}\n  additionalConfigFromEnvs:\n    - name: GITEA__ACTIONS__ENABLED\n      value: true\n", "unquoted-text 5:14", "a boolean to Helm"),
    ("a list in an annotation", ingress(HOSTS + "annotations:\n  a.example.com/x: [1]"), "unquoted-text 5:22", "no text"),
    ("packages off", config("packages:\n  ENABLED: off"), "switched-off 6:16", "there is no registry"),
    ("Actions off", config('actions:\n  ENABLED: "false"'), "switched-off 6:16", "no workflow can publish"),
    ("packages off in ini's words", config('packages:\n  ENABLED: "off"'), "switched-off 6:16", "there is no registry"),
    ("packages off by a variable", variable("PACKAGES__ENABLED", "'false'"), "switched-off 5:14", "there is no registry"),
    ("packages off by a variable of the pod", GOOD + "deployment: {env: [{name: GITEA__packages__ENABLED, value: 'false'}]}\n", "switched-off 2:60", "there is no registry"),
    ("a size in a variable", variable("PACKAGES__LIMIT_SIZE_PYPI", "1e+09 bytes"), "unreadable-size 5:14", "no limit at all"),
    ("a storage in a variable", variable("PACKAGES__STORAGE_TYPE", "s3"), "storage 5:14", '"minio" is S3 as well'),
    ("no ROOT_URL", "gitea:\n  config:\n    server: {SSH_PORT: 22}\n", "root-url 3:5", "takes http without ingress.tls"),
    ("nothing at all", "# nothing\n", "root-url 1:1", "ROOT_URL is not set"),
    ("a query in it", 'gitea: {config: {server: {ROOT_URL: "https://git.example.com/?a"}}}\n', "root-url 1:37", "no URL that links can begin with"),
    ("no scheme", "gitea: {config: {server: {ROOT_URL: git.example.com}}}\n", "root-url 1:37", "no URL that links can begin with"),
    ("http behind TLS", ingress(HOSTS + "tls: [{secretName: x}]", "http://git.example.com/"), "root-url 5:37", 'ROOT_URL: "https://git.example.com/"'),
    ("http behind cert-manager", ingress(HOSTS + 'annotations: {cert-manager.io/issuer: "x"}', "http://git.example.com/"), "root-url 5:37", "the ingress ends TLS"),
    ("http behind TLS of Traefik", ingress(HOSTS + 'annotations: {traefik.ingress.kubernetes.io/router.tls: "true"}', "http://git.example.com/"), "root-url 5:37", "the ingress ends TLS"),
    ("http where nginx makes https of all", ingress(HOSTS + 'annotations: {nginx.ingress.kubernetes.io/force-ssl-redirect: "true", nginx.ingress.kubernetes.io/proxy-body-size: "0"}', "http://git.example.com/"), "root-url 5:37", "the ingress ends TLS"),
    ("http by a variable", ingress(HOSTS + "tls: [{secretName: x}]").replace("'https://git.example.com/'}}}", "'x'}}, additionalConfigFromEnvs: [{name: GITEA__SERVER__ROOT_URL, value: 'http://git.example.com/'}]}"), "root-url 5:110", "the ingress ends TLS"),
    ("another host", ingress("hosts: [{host: git.example.org}]"), "root-url 4:37", "the ingress git.example.org"),
    ("nginx's default", ingress(NGINX), "body-limit 2:3", "up to 1MiB, its default"),
    ("a limit below the package's", ingress(NGINX + 'annotations: {nginx.ingress.kubernetes.io/proxy-body-size: "8m"}').replace("}}}\n", "}, packages: {LIMIT_SIZE_PYPI: 9 MiB}}}\n"), "body-limit 5:62", "packages up to 9MiB, ingress-nginx bodies up to 8MiB;"),
    ("a limit that nginx cannot read", ingress(NGINX + 'annotations: {nginx.ingress.kubernetes.io/proxy-body-size: "8 MiB"}'), "body-limit 5:62", "nginx does not read"),
    ("a server with a path", config("storage.minio:\n  MINIO_ENDPOINT: s3.example.com/gitea"), "storage 6:23", "a host and a port"),
    ("S3 by its name", config("packages:\n  STORAGE_TYPE: s3"), "storage 6:21", '"minio" is S3 as well'),
    ("a server with its scheme", config("storage.minio:\n  MINIO_ENDPOINT: https://s3.example.com"), "storage 6:23", "leave them out"),
    ("replicas", "replicaCount: 2\n" + GOOD, "replicas 1:15", "ReadWriteOnce, the chart's default"),
    ("replicas on RWO", "replicaCount: '3'\npersistence: {accessModes: [ReadWriteOnce]}\n" + GOOD, "replicas 1:15", "share a volume that is ReadWriteOnce;"),
    ("the admin's password", "gitea: {config: " + ROOT + "},\n  admin: {password: marked-secret}}\n", "secret-in-clear 2:21", "gitea.admin.existingSecret"),
    ("a password in app.ini", config("database:\n  PASSWD: marked-secret"), "secret-in-clear 6:15", "GITEA__database__PASSWD by valueFrom"),
    ("a password in an address", config("cache:\n  HOST: redis://:marked-secret@redis:6379/0"), "secret-in-clear 6:13", "GITEA__cache__HOST by valueFrom"),
    ("a password in a connection", config("queue:\n  CONN_STR: addrs=redis:6379 password=marked-secret"), "secret-in-clear 6:17", "GITEA__queue__CONN_STR by valueFrom"),
    ("a password in an address of the pod", GOOD + "deployment: {env: [{name: HTTPS_PROXY, value: 'http://a:marked-secret@proxy:3128'}]}\n", "secret-in-clear 2:47", "valueFrom.secretKeyRef in the place"),
    ("a key in a variable", f"gitea:\n  config: {ROOT}}}\n  additionalConfigFromEnvs:\n    - name: GITEA__STORAGE_0X2E_MINIO__MINIO_SECRET_ACCESS_KEY\n      value: marked-secret\n", "secret-in-clear 5:14", "valueFrom.secretKeyRef in the place"),
    ("a password of LDAP", "gitea: {config: " + ROOT + "},\n  ldap: [{bindPassword: marked-secret}]}\n", "secret-in-clear 2:25", "existingSecret"),
    ("a password of a database", GOOD + "postgresql: {global: {postgresql: {auth: {password: marked-secret}}}}\n", "secret-in-clear 2:53", "name a Secret"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_wrong_is_found_with_its_place_and_nothing_else_is(
    text: str, place: str, said: str
) -> None:
    (finding,) = found(text)

    rule, _, position = place.partition(" ")
    assert (finding.rule, finding.at) == (rule, f"{PATH}:{position}")
    assert said in f"{finding.message}; {finding.hint}"
    assert "marked-secret" not in f"{finding.message}{finding.hint}"


def test_a_config_that_is_no_mapping_is_found() -> None:
    wrong = [
        finding for finding in found("gitea:\n  config: [server]\n") if finding.rule != "root-url"
    ]

    assert [(finding.rule, finding.at) for finding in wrong] == [("wrong-nesting", f"{PATH}:2:11")]


def test_every_check_has_a_case_and_a_place_in_the_table() -> None:
    assert {check.ID for check in CHECKS} == {place.partition(" ")[0] for _, _, place, _ in CASES}
    tables: tuple[tuple[ModuleType, tuple[object, ...]], ...] = (
        (railrel.helm.checks, CHECKS),
        (railrel.helm.forms, FORMS),
    )
    for package, table in tables:
        there = {f"{package.__name__}.{one.name}" for one in pkgutil.iter_modules(package.__path__)}
        listed = {id(one) for one in table}
        assert {name for name, module in sys.modules.items() if id(module) in listed} == there


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_file() -> None:
    text = "replicaCount: 2\n" + config(
        "packages:\n  ENABLED: false\n  LIMIT_SIZE_PYPI: 5000000000\nui: x"
    )

    assert [finding.at.removeprefix(f"{PATH}:") for finding in found(text)] == [
        "1:15",
        "7:16",
        "8:24",
        "9:5",
    ]


GOOD_ONES = {
    "what we print": helm.render(Wishes("https://git.example.com/"))
    + "  enabled: true\n  className: nginx\n",
    "what we print for a bucket": helm.render(
        Wishes("https://git.example.com/", storage=S3("s3.example.com:9000"))
    ),
    "secrets that are elsewhere": config(
        "database:\n  PASSWD: ENC[AES256_GCM,data:x]\n  USER: gitea\nsecurity:\n  SECRET_KEY: ref+vault://x\n"
        "oauth2:\n  JWT_SECRET: ''\nmailer:\n  PASSWD: '{{ .Values.x }}'"
    ),
    "a storage of one's own name": config(
        "storage.mine:\n  STORAGE_TYPE: minio\npackages:\n  STORAGE_TYPE: mine"
    ),
    "what Gitea leaves to people": config(
        "git.config:\n  core.bare: true\nlog.file:\n  ANY: x\nmarkup.html:\n  X: y\nqueue.x:\n  TYPE: level\n"
        "markup.sanitizer.1:\n  ELEMENT: a\nAPP_NAME: x"
    ),
    "another ingress": ingress(HOSTS + "className: haproxy"),
    "a name within Tailscale": ingress("className: tailscale\nhosts: [{host: git}]"),
    "any name of a domain": ingress('hosts: [{host: "*.example.com"}]'),
    "annotations as a text": ingress(
        NGINX + "annotations: |\n  nginx.ingress.kubernetes.io/proxy-body-size: 200m"
    ),
    "an address by a variable": variable("SERVER__ROOT_URL", "https://git.example.com/").replace(
        ROOT, "{"
    ),
    "an address from a Secret": "gitea: {additionalConfigFromEnvs: [{name: GITEA__SERVER__ROOT_URL, "
    "valueFrom: {secretKeyRef: {name: a, key: b}}}]}\n",
    "an address from a file": "gitea: {additionalConfigFromEnvs: [{name: GITEA__SERVER__ROOT_URL__FILE, "
    "value: /run/url}]}\n",
    "an address that may be in an object": "gitea: {additionalConfigSources: [{configMap: {name: a}}]}\n",
    "addresses without a password": config(
        "session:\n  PROVIDER_CONFIG: redis://redis:6379/1\nqueue:\n  CONN_STR: addrs=redis:6379 db=0\n"
        "indexer:\n  ISSUE_INDEXER_CONN_STR: http://elastic:9200"
    ),
    "keys that Gitea 1.25 still read": config(
        "ui:\n  PACKAGES_PAGING_NUM: 20\ngit.timeout:\n  CLONE: 300"
    ).replace("    ui:", "      OFFLINE_MODE: true\n    ui:"),
    "variables of no section, and others": "gitea: {config: " + ROOT + "}, "
    "additionalConfigFromEnvs: [{name: GITEA____APP_NAME, value: x}]}\n"
    "deployment: {env: [{name: SSL_CERT_FILE, value: /x}]}\n",
    "traefik": ingress(HOSTS + "className: traefik"),
    "a limit of nginx alone": ingress(
        NGINX + 'annotations: {nginx.ingress.kubernetes.io/proxy-body-size: "8m"}'
    ),
    "several replicas where all can write": "replicaCount: 2\npersistence: {accessModes: [ReadWriteMany]}\n"
    + GOOD,
    "another chart that is off": GOOD + "postgresql: {enabled: false, auth: {password: x}}\n",
    "an anchor that is overridden": (
        "gitea:\n  config:\n    server: {<<: &s {ROOT_URL: http://x/}, ROOT_URL: 'https://y/'}\n    ui: {}\n"
    ),
    "within another chart": "gitea: {gitea: {config: " + ROOT + "}}}\nother: {replicas: 2}\n",
}


@pytest.mark.parametrize("text", GOOD_ONES.values(), ids=GOOD_ONES)
def test_what_is_right_is_let_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "said", "at"),
    [
        (b"a: [\n", "is not valid YAML", ":2:1"),
        (b"a: 1\n---\nb: 2\n", "of which Helm 3 reads only the first", ":2:1"),
        (b"- a\n", "is no mapping", ":1:1"),
        (b"password: *marked-secret\n", "is not valid YAML", ":1:11"),
        (b"a: \xff\n", "is not UTF-8", ":1:4"),
        (b"a: \x00\n", "characters that YAML does not allow", ""),
        (b"a: " + b"[" * 5000, "", ""),
    ],
)
def test_what_is_no_values_file_is_an_error_with_its_place_and_no_quote(
    text: bytes, said: str, at: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        found(text)

    (problem,) = caught.value.problems
    assert said in problem.message
    assert problem.at.startswith(f"{PATH}{at}")
    assert "marked-secret" not in problem.message + problem.hint


@settings(max_examples=100)
@given(files())
def test_no_file_is_a_crash(data: bytes) -> None:
    with contextlib.suppress(ConfigError):
        found(data)


@settings(max_examples=150)
@given(
    st.text(
        st.sampled_from("gitea:confgpackspd{}[]&*<|>-?!#\"'%@ \n\t\r,~012e\u2028\0é"), max_size=80
    )
)
def test_no_text_is_a_crash(text: str) -> None:
    with contextlib.suppress(ConfigError):
        found(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a\n  <<: *a\n  gitea: *a\n",
        "gitea: &a\n  config: *a\n  gitea: *a\n",
        "a: &a [x, x]\nb: &b [*a, *a]\n" + "".join(f"k{n}: &k{n} [*b, *b]\n" for n in range(50)),
        "? [a]\n: b\n? {c: d}\n: e\n",
        "gitea: {config: {server: {? [x] : y}}}\n",
    ],
)
def test_a_file_that_runs_in_circles_or_has_odd_keys_is_judged(text: str) -> None:
    assert "root-url" in [finding.rule for finding in found(text)]


# --- the same, made for real


@pytest.mark.parametrize("version", HELMS)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (config("ROOT: /data"), "ROOT is outside of any section"),
        ("replicaCount: 2\n" + GOOD, "several replicas need a volume that all can write"),
        ("- a\n", "cannot unmarshal"),
        ("a: [\n", "YAML"),
    ],
)
def test_helm_refuses_what_is_a_finding(tmp_path: Path, version: str, text: str, said: str) -> None:
    path = tmp_path / "values.yaml"
    path.write_text(text)

    done = run_helm(version, "template", "gitea", str(CHART), "--values", str(path))

    assert done.returncode == 1
    assert said in done.stderr


@pytest.mark.parametrize("version", HELMS)
def test_helm_says_nothing_of_what_is_lost(tmp_path: Path, version: str) -> None:
    text = config(
        "storage:\n  packages: {STORAGE_TYPE: minio}\npackages:\n  LIMIT_SIZE_PYPI: 1048576\n"
        "server:\n  SSH_DOMAIN: x\ni18n:\n  LANGS: [a, b]"
    )
    path = tmp_path / "values.yaml"
    path.write_text(text)

    rendered = ini_by_helm(version, path)

    assert rendered["storage", "PACKAGES"] == "map[STORAGE_TYPE:minio]"
    assert rendered["packages", "LIMIT_SIZE_PYPI"] == "1.048576e+06"
    assert rendered["i18n", "LANGS"] == "[a b]"
    assert ("server", "ROOT_URL") not in rendered
    assert {finding.rule for finding in found(text)} == {
        "wrong-nesting",
        "number-as-float",
        "duplicate-key",
        "root-url",
    }


def test_every_key_that_we_write_is_known() -> None:
    wishes = Wishes("https://git.example.com/", max_owner=1, storage=S3("x"))
    for one in (*settings_of(wishes), *settings_of(Wishes("https://x/"))):
        assert one.key in (keys_of(one.section) or ()), one
    assert len(list(sections())) > 80


def test_a_file_is_shown_without_its_secrets() -> None:
    text = (
        config(
            "database: {PASSWD: marked-secret, NAME: x}\nsecurity:\n  SECRET_KEY: |\n    marked-secret"
        )
        + "deployment: {env: [{name: API_TOKEN, value: marked-secret}]}\nother: {myPassword: 'marked-secret'}\n"
        "cache: {HOST: 'redis://:marked-secret@redis:6379/0'}\n"
    )

    shown = redacted(ValuesFile(PATH, text.encode())).data.decode()

    assert "marked-secret" not in shown
    assert "database: {PASSWD: ***, NAME: x}" in shown
    assert json.dumps(yaml.safe_load(text)).count("marked-secret") == 5
