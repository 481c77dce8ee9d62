"""The words that Docker and Podman share."""

from pathlib import Path

from railrel.images.builders.protocol import Argv, Build, Push, Run

ASK = Path(__file__).with_name("ask.py")
# One asking; a container that has not started yet is asked again.
_SECONDS = "2"


def build(program: str, build: Build) -> Argv:
    """`docker build`."""
    return (program, "build", *build_flags(build), str(build.context))


def build_flags(build: Build) -> Argv:
    """What every builder is told in the same words."""
    secrets = (f"id={name},src={path}" for name, path in build.secrets)
    flags = [word for secret in secrets for word in ("--secret", secret)]
    file = str(build.context / "Dockerfile")
    for flag, pairs in (("--label", build.labels), ("--build-arg", build.arguments)):
        flags += [word for name, value in pairs for word in (flag, f"{name}={value}")]
    return ("--tag", build.tag, "--file", file, *flags, *build.options)


def push_flags(push: Push) -> Argv:
    """What Podman and buildah are told of a registry."""
    trust = ("--cert-dir", str(push.certificates)) if push.certificates else ()
    # Docker takes loopback for such a registry by itself.
    plain = ("--tls-verify=false",) if push.plain else ()
    return ("--authfile", str(push.login / "config.json"), *plain, *trust)


def start(program: str, run: Run) -> Argv:
    """`docker run`: the client takes the value of a bare NAME from its own environment."""
    variables = [word for name in run.variables for word in ("--env", name)]
    flags = ("--rm", "--pull", "never", "--network", "none", "--name", run.name)
    return (program, "run", *flags, *variables, run.tag)


def ask(program: str, run: Run) -> Argv:
    """`docker exec`: the container's own Python asks, as there is no way in from outside."""
    code = ASK.read_text(encoding="utf-8")
    return (program, "exec", run.name, "python", "-c", code, run.port, run.path, _SECONDS)
