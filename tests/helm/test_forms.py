"""Every form says the same, and the real Helm prints it as we say."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from railrel.helm.forms import FORMS, compose, env, helm, ini
from railrel.helm.scalars import printed
from railrel.helm.tree import BODY_SIZE
from railrel.helm.values_file import ValuesFile
from railrel.helm.wishes import S3, Wishes
from tests.helm.rendering import (
    CHART,
    HELMS,
    ini_by_helm,
    ini_of,
    ini_of_variables,
    manifests,
    run_helm,
    variables_by_helm,
)
from tests.servers.missing import need

USUAL = Wishes("https://git.example.com/")
BUCKET = replace(USUAL, storage=S3("minio.example.com:9000", tls=False), sign_in="open")
LIMITED = replace(USUAL, max_file=3 * 1024**3, max_owner=20 * 1024**3, ingress="traefik")
WISHES = pytest.mark.parametrize(
    "wishes", [USUAL, BUCKET, LIMITED], ids=["usual", "bucket", "limited"]
)


@WISHES
@pytest.mark.parametrize("version", HELMS)
def test_the_chart_makes_of_the_helm_form_what_the_ini_form_says(
    tmp_path: Path, version: str, wishes: Wishes
) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(helm.render(wishes))

    rendered = ini_by_helm(version, values)

    assert rendered == ini_of(ini.render(wishes))
    assert rendered["cron.cleanup_packages", "SCHEDULE"] == "@midnight"
    assert (
        run_helm(version, "lint", str(CHART), "--strict", "--values", str(values)).returncode == 0
    )


@WISHES
def test_the_env_form_and_the_compose_form_say_what_the_ini_form_says(wishes: Wishes) -> None:
    expected = ini_of(ini.render(wishes))

    lines = [line for line in env.render(wishes).splitlines() if not line.startswith("#")]
    composed = yaml.safe_load(compose.render(wishes))["services"]["gitea"]["environment"]

    plain = [line.partition("=")[::2] for line in lines if "__FILE=" not in line]
    assert ini_of_variables(iter(plain)) == expected
    told = {name: value for name, value in composed.items() if not name.endswith("__FILE")}
    assert ini_of_variables(iter(told.items())) == expected


@pytest.mark.parametrize("version", HELMS)
def test_the_keys_of_a_bucket_come_from_a_secret_and_stand_nowhere(
    tmp_path: Path, version: str
) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(helm.render(BUCKET))

    variables = variables_by_helm(version, values)

    for key, item in (
        ("MINIO_ACCESS_KEY_ID", "access-key"),
        ("MINIO_SECRET_ACCESS_KEY", "secret-key"),
    ):
        reference = {"secretKeyRef": {"name": "gitea-packages-s3", "key": item}}
        assert variables[f"GITEA__storage_0X2E_minio__{key}"] == reference
    secrets = yaml.safe_load(compose.render(BUCKET))["secrets"]
    assert set(secrets) == {"access-key", "secret-key"}
    for form in FORMS:
        assert "MINIO_SECRET_ACCESS_KEY =" not in form.render(BUCKET)


@pytest.mark.parametrize("version", HELMS)
def test_the_ingress_lets_the_largest_package_through(tmp_path: Path, version: str) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(helm.render(USUAL) + "  enabled: true\n")

    (ingress,) = [one for one in manifests(version, values) if one["kind"] == "Ingress"]

    assert ingress["metadata"]["annotations"] == {BODY_SIZE: "108m"}  # type: ignore[index]  # a mapping


def test_traefik_is_told_by_an_object_of_its_own() -> None:
    text = helm.render(LIMITED)

    commented = text.partition("# apiVersion")[2]
    lines = [line.removeprefix("# ") for line in f"# apiVersion{commented}".splitlines()]
    middleware = yaml.safe_load("\n".join(lines))
    assert middleware["kind"] == "Middleware"
    assert middleware["spec"]["buffering"]["maxRequestBodyBytes"] == 3 * 1024**3 + 8 * 1024**2
    assert BODY_SIZE not in text


def test_kustomize_takes_the_env_form_as_it_is(tmp_path: Path) -> None:
    kubectl = need("helm-4").with_name("kubectl")
    (tmp_path / "gitea.env").write_text(env.render(USUAL))
    (tmp_path / "kustomization.yaml").write_text(
        "configMapGenerator:\n  - name: gitea-registry\n    envs: [gitea.env]\n"
    )

    done = subprocess.run(
        [str(kubectl), "kustomize", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    data = yaml.safe_load(done.stdout)["data"]
    assert ini_of_variables(iter(data.items())) == ini_of(ini.render(USUAL))


SCALARS = """
1073741824 | 1000000 | 999999 | 1048576 | 0777 | 0x1F | 1_000_000 | 1.5 | 1e3 | yes | on | True | n | Off
2024-01-01 | 22:22 | 100 MiB | 0o17 | -5 | +5 | 1.0 | 123456789012345678901234567890 | 0b11 | 1234567
12345678.5 | 0.00001 | 0.0001 | .5 | 010 | 09 | 1e6 | -1048576 | tRue | 1,000 | 1_0.5 | -0 | 1. | 0.1e1
5e-7 | 9007199254740993 | "1073741824" | 'on' | !!str 5 | 3000 | 1.7976931348623157e308 | 5e-324 | 1-2
"""


@pytest.mark.parametrize("version", HELMS)
def test_what_helm_makes_of_a_scalar_is_what_we_say(tmp_path: Path, version: str) -> None:
    scalars = [one.strip() for line in SCALARS.strip().splitlines() for one in line.split(" | ")]
    keys = [f"K{n:02}" for n in range(len(scalars))]
    pairs = zip(keys, scalars, strict=True)
    lines = ["gitea:", "  config:", "    ui:", *(f"      {key}: {one}" for key, one in pairs)]
    path = tmp_path / "values.yaml"
    path.write_text("\n".join([*lines, "      NOTHING:", "      TILDE: ~"]) + "\n")

    rendered = ini_by_helm(version, path)

    ours = {(one.section, one.key): printed(one.pair.value) for one in _file(path).entries}
    assert ours == rendered
    assert rendered["ui", "K00"] == "1.073741824e+09"
    assert rendered["ui", "NOTHING"] == "<nil>"


def _file(path: Path) -> ValuesFile:
    return ValuesFile(path, path.read_bytes())
