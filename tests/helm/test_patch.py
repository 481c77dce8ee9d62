"""Values files before and after, whole; and any values file at all."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from railrel.errors import ConfigError
from railrel.helm.forms import helm, ini
from railrel.helm.patch import Patch, patch
from railrel.helm.tree import tree_of
from railrel.helm.values_file import ValuesFile
from railrel.helm.wishes import S3, Volume, Wishes
from tests.helm.rendering import HELMS, ini_by_helm, ini_of

PATH = Path("/work/values.yaml")
# Few, so that whole files are short: the address, packages, the clean-up, and who may look.
WISHES = Wishes("https://git.example.com/", storage=None, ingress="none")
BUCKET = replace(WISHES, storage=S3("s3.example.com"), asked=frozenset({"storage"}))
NGINX = replace(WISHES, storage=Volume(), ingress="nginx")


def patched(text: str | bytes, wishes: Wishes = WISHES, *, replace: bool = False) -> Patch:
    data = text.encode() if isinstance(text, str) else text
    return patch(ValuesFile(PATH, data), tree_of(wishes), replace=replace)


def after(text: str | bytes, wishes: Wishes = WISHES) -> str:
    return patched(text, wishes).after.data.decode()


def bare(text: str) -> str:
    """Without the reasons, so that a test shows what it is about."""
    ours = {line.strip() for line in helm.render(BUCKET).splitlines()}
    ours |= {line.strip() for line in helm.render(NGINX).splitlines()}
    lines = text.splitlines(keepends=True)
    return "".join(one for one in lines if one.strip() not in ours or one.strip()[:2] != "# ")


SECTIONS = """\
    packages:
      ENABLED: "true"
      LIMIT_SIZE_PYPI: "100MiB"
    "cron.cleanup_packages":
      ENABLED: "true"
      SCHEDULE: "@midnight"
      OLDER_THAN: "24h"
    actions:
      ENABLED: "true"
    service:
      DISABLE_REGISTRATION: "true"
      REQUIRE_SIGNIN_VIEW: "true"
"""
SERVER = '    server:\n      ROOT_URL: "https://git.example.com/"\n'

CASES = {
    "nothing but a comment": (
        "# ours\n",
        f"# ours\ngitea:\n  config:\n{SERVER}{SECTIONS}",
    ),
    "comments before and behind a nothing in its own line": (
        "gitea:\n  config:  # ours\n    # important\n\n    {}\n    #  APP_NAME: x\nother: 1\n",
        f"gitea:\n  config:  # ours\n    # important\n\n{SERVER}{SECTIONS}    #  APP_NAME: x\nother: 1\n",
    ),
    "a comment beside a nothing in its own line": (
        "gitea:  # ours\n  # important\n  ~  # none\n",
        f"gitea:  # ours\n  # important\n    # none\n  config:\n{SERVER}{SECTIONS}",
    ),
    "no line at the end": (
        "a: 1\nreplicaCount: 1",
        f"a: 1\nreplicaCount: 1\ngitea:\n  config:\n{SERVER}{SECTIONS}",
    ),
    "comments around, and a section that goes on": (
        "# ours\n"
        "gitea:   # the chart's\n"
        "  # who\n"
        "  admin: {existingSecret: x}   # no password\n"
        "  config:\n"
        "    server:   # where\n"
        "      SSH_PORT: 22 # rootful\n"
        "      # and the other\n"
        "    # no more\n"
        "\n"
        "persistence: {size: 20Gi}\n",
        "# ours\n"
        "gitea:   # the chart's\n"
        "  # who\n"
        "  admin: {existingSecret: x}   # no password\n"
        "  config:\n"
        "    server:   # where\n"
        "      SSH_PORT: 22 # rootful\n"
        '      ROOT_URL: "https://git.example.com/"\n'
        f"{SECTIONS}"
        "      # and the other\n"
        "    # no more\n"
        "\n"
        "persistence: {size: 20Gi}\n",
    ),
    "an empty mapping in braces": (
        "gitea:\n  config: {} # later\nother: 1\n",
        f"gitea:\n  config: # later\n{SERVER}{SECTIONS}other: 1\n",
    ),
    "nothing at all behind the key": (
        "gitea:\n  config:\n    # APP_NAME: x\n",
        f"gitea:\n  config:\n{SERVER}{SECTIONS}    # APP_NAME: x\n",
    ),
    "a key that has no space behind its colon": (
        "gitea:\nb: 1\n",
        f"gitea:\n  config:\n{SERVER}{SECTIONS}b: 1\n",
    ),
    "a text of several lines at the end": (
        "gitea:\n  config:\n    ui:\n      THEMES: |\n        a\n\n# far\nb: 1\n",
        f"gitea:\n  config:\n    ui:\n      THEMES: |\n        a\n\n{SERVER}{SECTIONS}# far\nb: 1\n",
    ),
    "another indentation": (
        "gitea:\n    config:\n        server:\n            ROOT_URL: https://git.example.com\n",
        "gitea:\n    config:\n        server:\n            ROOT_URL: https://git.example.com\n"
        + SECTIONS.replace("  ", "    "),
    ),
    "keys in the case of somebody's liking": (
        "gitea:\n  config:\n    Server: {root_url: 'https://git.example.com/'}\n"
        "    PACKAGES: {enabled: true, limit_size_pypi: 5 GiB}\n"
        "    actions: {ENABLED: yes}\n    cron.cleanup_packages: {ENABLED: 1, SCHEDULE: '@hourly', OLDER_THAN: 1h}\n"
        "    service: {DISABLE_REGISTRATION: false, REQUIRE_SIGNIN_VIEW: expensive}\n",
        None,
    ),
    "braces": (
        "gitea: {config: {server: {SSH_PORT: 22}}}\n",
        'gitea: {config: {server: {SSH_PORT: 22, ROOT_URL: "https://git.example.com/"}, '
        'packages: {ENABLED: "true", LIMIT_SIZE_PYPI: "100MiB"}, "cron.cleanup_packages": '
        '{ENABLED: "true", SCHEDULE: "@midnight", OLDER_THAN: "24h"}, actions: {ENABLED: "true"}, '
        'service: {DISABLE_REGISTRATION: "true", REQUIRE_SIGNIN_VIEW: "true"}}}\n',
    ),
    "braces over several lines": (
        "{\n  a: 1,\n  gitea: {\n    config: {}\n  }\n}\n",
        '{\n  a: 1,\n  gitea: {\n    config: {server: {ROOT_URL: "https://git.example.com/"}, '
        'packages: {ENABLED: "true", LIMIT_SIZE_PYPI: "100MiB"}, "cron.cleanup_packages": '
        '{ENABLED: "true", SCHEDULE: "@midnight", OLDER_THAN: "24h"}, actions: {ENABLED: "true"}, '
        'service: {DISABLE_REGISTRATION: "true", REQUIRE_SIGNIN_VIEW: "true"}}\n  }\n}\n',
    ),
    "a comment within braces": (
        "gitea:\n  config: { # none yet\n  }\n",
        'gitea:\n  config: {server: {ROOT_URL: "https://git.example.com/"}, '
        'packages: {ENABLED: "true", LIMIT_SIZE_PYPI: "100MiB"}, "cron.cleanup_packages": '
        '{ENABLED: "true", SCHEDULE: "@midnight", OLDER_THAN: "24h"}, actions: {ENABLED: "true"}, '
        'service: {DISABLE_REGISTRATION: "true", REQUIRE_SIGNIN_VIEW: "true"} # none yet\n  }\n',
    ),
    "the chart within another chart": (
        "gitea:\n  gitea:\n    config: {}\nother: 1\n",
        "gitea:\n  gitea:\n    config:\n"
        + "".join(f"  {line}\n" for line in f"{SERVER}{SECTIONS}".splitlines())
        + "other: 1\n",
    ),
}


@pytest.mark.parametrize(("before", "expected"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "bom"])
def test_what_is_missing_is_put_in_and_all_else_stays(
    before: str, expected: str | None, newline: str, mark: str
) -> None:
    given_text = mark + before.replace("\n", newline)

    done = patched(given_text)

    assert done.findings == ()
    text = done.after.data.decode()
    assert bare(text) == mark + (expected or before).replace("\n", newline)
    assert patched(text).after.data == text.encode()


def test_each_value_comes_with_its_reason() -> None:
    assert (
        "      # Largest file of a package. A size that Gitea cannot read means no limit, without a word;\n"
        "      # site admins are under no limit. What stands in front of Gitea must let more than this through.\n"
        '      LIMIT_SIZE_PYPI: "100MiB"\n'
    ) in after("a: 1\n")


def test_items_of_a_list_are_added_behind_those_that_are_there() -> None:
    text = (
        "gitea:\n  additionalConfigFromEnvs:\n  - name: GITEA__SERVER__LFS_JWT_SECRET\n    valueFrom: {}\n"
        "  # more\n  podAnnotations: {}\n"
    )

    result = bare(after(text, BUCKET))

    assert (
        "    valueFrom: {}\n"
        "  - name: GITEA__storage_0X2E_minio__MINIO_ACCESS_KEY_ID\n"
        "    valueFrom:\n"
        "      secretKeyRef:\n"
        '        name: "gitea-packages-s3"\n'
        "        key: access-key\n"
        "  - name: GITEA__storage_0X2E_minio__MINIO_SECRET_ACCESS_KEY\n"
    ) in result
    assert "        key: secret-key\n  # more\n  podAnnotations: {}\n" in result


@pytest.mark.parametrize("written", ["[]", "", "~", "[{name: GITEA__A__B, value: x}]"])
def test_a_list_may_be_empty_or_in_brackets(written: str) -> None:
    text = f"gitea:\n  additionalConfigFromEnvs: {written}\n  podAnnotations: {{}}\n"

    result = yaml.safe_load(after(text, BUCKET))["gitea"]

    names = [one["name"] for one in result["additionalConfigFromEnvs"]]
    assert names[-2:] == [
        "GITEA__storage_0X2E_minio__MINIO_ACCESS_KEY_ID",
        "GITEA__storage_0X2E_minio__MINIO_SECRET_ACCESS_KEY",
    ]
    assert result["podAnnotations"] == {}


DIFFERENT = (
    "gitea:\n"
    "  config:\n"
    "    server:\n"
    "      ROOT_URL: http://old.example.com/ # since 2019\n"
    "    packages:\n"
    "      ENABLED: no\n"
    '      LIMIT_SIZE_PYPI: "1 GiB"\n'
)


def test_a_value_that_somebody_set_differently_is_told_and_stays() -> None:
    done = patched(DIFFERENT)

    said = [(finding.message, finding.at, finding.rule) for finding in done.findings]
    assert said == [
        (
            "gitea.config.server.ROOT_URL is set to something else than https://git.example.com/",
            f"{PATH}:4:17",
            "set-differently",
        ),
        (
            "gitea.config.packages.ENABLED is set to something else than true",
            f"{PATH}:6:16",
            "set-differently",
        ),
    ]
    assert done.after.data.decode().startswith(DIFFERENT)
    assert [(one.name, one.value) for one in done.kept] == [
        ("gitea.config.packages.LIMIT_SIZE_PYPI", "1 GiB")
    ]


def test_replace_puts_ours_there_and_leaves_the_comment_and_what_was_only_chosen() -> None:
    done = patched(DIFFERENT, replace=True)

    assert done.findings == ()
    assert done.after.data.decode().startswith(
        "gitea:\n"
        "  config:\n"
        "    server:\n"
        '      ROOT_URL: "https://git.example.com/" # since 2019\n'
        "    packages:\n"
        '      ENABLED: "true"\n'
        '      LIMIT_SIZE_PYPI: "1 GiB"\n'
    )


def test_a_size_that_was_asked_for_is_not_only_chosen() -> None:
    asked = replace(WISHES, max_file=5 * 1024**2, asked=frozenset({"max-file"}))

    (finding,) = [one for one in patched(DIFFERENT, asked).findings if "LIMIT" in one.message]

    assert "LIMIT_SIZE_PYPI is set to something else than 5MiB" in finding.message


def test_a_size_that_gitea_cannot_read_is_no_choice() -> None:
    text = "gitea: {config: {packages: {LIMIT_SIZE_PYPI: 1073741824}}}\n"

    told, replaced = patched(text), patched(text, replace=True)

    assert [(one.rule, one.at) for one in told.findings] == [("set-differently", f"{PATH}:1:46")]
    assert 'LIMIT_SIZE_PYPI: "100MiB"' in replaced.after.data.decode()


@pytest.mark.parametrize(
    ("written", "stays"), [("0", True), ("1g", True), ("108m", True), ("107m", False), ("x", False)]
)
def test_a_larger_body_limit_is_as_good_and_a_smaller_one_is_told(
    written: str, *, stays: bool
) -> None:
    text = (
        f'ingress:\n  annotations:\n    nginx.ingress.kubernetes.io/proxy-body-size: "{written}"\n'
    )

    done = patched(text, NGINX)

    assert done.after.data.decode().startswith(text)
    assert [one.rule for one in done.findings] == ([] if stays else ["set-differently"])


def test_a_variable_that_sets_the_same_key_wins_and_is_not_contradicted() -> None:
    text = (
        "gitea:\n  additionalConfigFromEnvs:\n"
        "    - {name: GITEA__PACKAGES__ENABLED, value: 'true'}\n"
        "    - {name: GITEA__server__ROOT_URL, value: 'http://old/'}\n"
    )

    done = patched(text)

    config = yaml.safe_load(done.after.data)["gitea"]["config"]
    assert "ENABLED" not in config["packages"]
    assert "server" not in config
    assert [(one.rule, one.at) for one in done.findings] == [("set-by-variable", f"{PATH}:4:46")]


def test_a_variable_of_the_pod_or_from_a_secret_is_not_contradicted_either() -> None:
    text = (
        "deployment: {env: [{name: GITEA__PACKAGES__ENABLED, value: 'on'}]}\n"
        "gitea:\n  additionalConfigFromEnvs:\n"
        "    - {name: GITEA__SERVER__ROOT_URL, valueFrom: {secretKeyRef: {name: a, key: b}}}\n"
    )

    done = patched(text)

    config = yaml.safe_load(done.after.data)["gitea"]["config"]
    assert "ENABLED" not in config["packages"]
    assert "server" not in config
    assert done.findings == ()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("x: &x {a: 1}\ngitea: *x\n", "cannot-patch"),
        ("x: &x\n  server: {a: 1}\ngitea:\n  config:\n    <<: *x\n", "cannot-patch"),
        ("gitea:\n  config: &c\n    a: {b: 1}\nother: *c\n", "cannot-patch"),
        ("gitea: a text\n", "cannot-patch"),
        ("gitea: [1]\n", "cannot-patch"),
        ("gitea:\n  config:\n    server:\n      ROOT_URL: |\n        x\n", "set-differently"),
        (
            "x: &x http://a/\ngitea:\n  config:\n    server:\n      ROOT_URL: *x\n",
            "set-differently",
        ),
        ("gitea:\n  config:\n    server:\n      ROOT_URL: !!str http://a/\n", "set-differently"),
    ],
)
def test_what_cannot_be_changed_alone_is_left_and_told(text: str, rule: str) -> None:
    done = patched(text, replace=True)

    assert rule in [one.rule for one in done.findings]
    before, now = yaml.safe_load(text), yaml.safe_load(done.after.data)
    assert {k: v for k, v in now.items() if k != "gitea"} == {
        k: v for k, v in before.items() if k != "gitea"
    }


@pytest.mark.parametrize("version", HELMS)
def test_the_real_helm_reads_a_patched_file_as_the_ini_form_says(
    tmp_path: Path, version: str
) -> None:
    path = tmp_path / "values.yaml"
    path.write_text(after("gitea:\n  config:\n    server: {SSH_PORT: 22}\n", NGINX))

    assert ini_by_helm(version, path) == ini_of(ini.render(NGINX))


KEYS = st.sampled_from(
    ("gitea", "config", "server", "ROOT_URL", "packages", "ENABLED", "ingress", "annotations", "a", "b c", "cron.cleanup_packages", "additionalConfigFromEnvs", "é", "on", "1", "service", "actions")
)  # fmt: skip
SCALARS = st.sampled_from(
    (None, True, 0, 1073741824, 1.5, "", "x", "true", "a: b", "# no", "two\nlines\n", "{{ x }}", "é\u2028x", "@y", " z ", "-", "https://git.example.com")
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
ROOTED = st.fixed_dictionaries(
    {},
    optional={
        "gitea": st.one_of(
            VALUES, st.fixed_dictionaries({}, optional={"config": VALUES, "admin": VALUES})
        ),
        "ingress": st.one_of(VALUES, st.fixed_dictionaries({}, optional={"annotations": VALUES})),
        "first": VALUES,
    },
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A values file in one of the ways in which they are written, with comments strewn in."""
    value = draw(ROOTED)
    text = yaml.safe_dump(
        value,
        default_flow_style=draw(st.sampled_from((False, None, True))),
        indent=draw(st.sampled_from((2, 4))),
        sort_keys=False,
        allow_unicode=draw(st.booleans()),
        default_style=draw(st.sampled_from((None, None, '"', "'"))),
        width=draw(st.sampled_from((20, 200))),
    )
    if draw(st.booleans()):
        # What is empty may have a line of its own, with a word before it.
        text = re.sub(
            r"^( *)([^\s:\-]+): (\{\}|\[\]|null)$",
            r"\1\2:\n\1  # none yet\n\1  \3",
            text,
            flags=re.MULTILINE,
        )
    lines = text.splitlines(keepends=True)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines)))
        lines.insert(at, draw(st.sampled_from(("# a comment\n", "\n", "      # far\n"))))
    text = "".join(lines).removesuffix("\n" if draw(st.booleans()) else "\0")
    newline = draw(st.sampled_from(("\n", "\r\n")))
    mark = draw(st.sampled_from((b"", b"\xef\xbb\xbf")))
    return mark + text.replace("\n", newline).encode()


@settings(max_examples=150)
@given(data=files(), wishes=st.sampled_from((WISHES, BUCKET, NGINX)), replaced=st.booleans())
@example(data=b"gitea:\r\n  config:", wishes=WISHES, replaced=False)
@example(data=b"gitea: {config: }", wishes=WISHES, replaced=True)
@example(data=b"? gitea\n: {}\n", wishes=WISHES, replaced=False)
@example(data=b"gitea:\n  config:\n  - a\n", wishes=WISHES, replaced=True)
@example(data=b"a: |+\n  x\n\n\n", wishes=WISHES, replaced=False)
@example(data=b"--- {}\n", wishes=WISHES, replaced=False)
@example(data=b"---\n# x\n...\n", wishes=WISHES, replaced=False)
@example(data=b"gitea: {}\n...\n", wishes=WISHES, replaced=False)
def test_patching_any_file_changes_only_what_is_named(
    *, data: bytes, wishes: Wishes, replaced: bool
) -> None:
    try:
        done = patched(data, wishes, replace=replaced)
    except ConfigError:
        return
    result = done.after.data
    before, now = yaml.safe_load(data) or {}, yaml.safe_load(result) or {}

    tree = yaml.safe_load(helm.render(wishes))
    if isinstance(before.get("gitea"), dict) and "gitea" in before["gitea"]:
        # The chart is another's dependency.
        tree = {"gitea": tree}
    assert _without(now, tree) == _without(before, tree)
    assert _is_subsequence(_comments(data), _comments(result))
    again = patch(ValuesFile(PATH, result), tree_of(wishes), replace=replaced)
    assert again.after.data == result


def _without(value: object, tree: object) -> object:
    """A value without what a tree names; what is empty then counts as nothing."""
    if not isinstance(tree, dict):
        # The items of a list that were there, or a value that we set.
        both = isinstance(value, list) and isinstance(tree, list)
        return (_named(value) or None) if both else None
    if not isinstance(value, dict):
        return value or None
    wanted = {key.lower(): below for key, below in tree.items()}
    left = {
        key: _without(one, wanted[str(key).lower()]) if str(key).lower() in wanted else one
        for key, one in value.items()
    }
    return {
        key: one for key, one in left.items() if one is not None or str(key).lower() not in wanted
    } or None


def _named(value: object) -> list[object]:
    found = value if isinstance(value, list) else []
    return [
        one
        for one in found
        if not (isinstance(one, dict) and "STORAGE" in str(one.get("name")).upper())
    ]


def _comments(data: bytes) -> list[str]:
    lines = data.decode().splitlines()
    return [line.split("#", 1)[1] for line in lines if line.lstrip().startswith("#")]


def _is_subsequence(part: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(one in rest for one in part)


@settings(max_examples=150)
@given(st.text(st.sampled_from("gitea:confg{}[]&*<|>-?!#\"'%@ \n\t\r,~012eé\u2028\0"), max_size=60))
def test_no_text_is_a_crash(text: str) -> None:
    assume("\ud800" not in text)
    try:
        done = patched(text, BUCKET, replace=True)
    except ConfigError:
        return
    again = patch(ValuesFile(PATH, done.after.data), tree_of(BUCKET), replace=True)
    assert again.after.data == done.after.data
