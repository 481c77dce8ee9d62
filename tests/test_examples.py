"""The example projects hold what their own tests say."""

from tests.workbench import Workbench


def test_both_example_projects_pass_their_own_tests(bench: Workbench) -> None:
    bench.copy_examples()
    environment = bench.environment_folder("examples")
    library, app = bench.root / "issue-core", bench.root / "vergabe-teilnahme"
    python = str(environment / "bin" / "python")
    bench.uv("pip", "install", "--quiet", "--python", python, str(library), str(app), "pytest")

    for folder in (library, app):
        said = bench.call([python, "-m", "pytest", "-q", "-p", "no:cacheprovider"], folder)
        assert " passed" in said

    assert "no issues" in bench.call([python, "manage.py", "check"], app, DJANGO_DEBUG="1")
    refused = bench.write("refused.sh", f'"{python}" vergabe-teilnahme/manage.py check || true\n')
    assert "set SECRET_KEY" in bench.call(["sh", str(refused)])
