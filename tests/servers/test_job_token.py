"""What a job's own token may do on the real Gitea, as the docs say it: why a job has two tokens."""

from pathlib import Path

from tests.servers.gitea import Gitea
from tests.servers.pushed import TAG, push_jobs
from tests.servers.repositories import make_repository
from tests.servers.runner import runner

ASK = "curl --silent --noproxy '*' --output /dev/null --write-out '%{http_code}'"


def test_the_job_token_makes_a_release_and_publishes_no_package(
    gitea: Gitea, tmp_path: Path
) -> None:
    repository = make_repository(gitea, gitea.make_public_organisation())
    repository.set_secret("REGISTRY_TOKEN", gitea.make_token("write:package"))
    push_jobs(
        repository,
        tmp_path,
        f"""\
        release:
          runs-on: ubuntu-latest
          env:
            JOB: ${{{{ secrets.GITHUB_TOKEN }}}}
            PERSONAL: ${{{{ secrets.REGISTRY_TOKEN }}}}
          steps:
            - uses: actions/checkout@v4
            - run: |
                # The push is still being booked in the first instant of its job.
                sleep 1
                upload() {{
                  {ASK} --user "x:$1" -F :action=file_upload -F name=lib -F version=1.0 \
                    -F sha256_digest="$(sha256sum README | cut -c 1-64)" \
                    -F 'content=@README;filename=lib-1.0.tar.gz' {gitea.registry(repository.owner)}
                }}
                release() {{
                  {ASK} --header "Authorization: token $1" \
                    --header 'Content-Type: application/json' --data '{{"tag_name": "v1"}}' \
                    {gitea.url}/api/v1/repos/{repository.path}/releases
                }}
                echo "with the personal token: package $(upload "$PERSONAL"), release $(release "$PERSONAL")"
                echo "with the job's token: package $(upload "$JOB"), release $(release "$JOB")"
        """,
        README="Anything\n",
    )

    with runner(gitea, owner=repository.owner) as started:
        run = started.wait_for(repository, "release.yml", TAG)

    assert "with the personal token: package 201, release 403" in run.log
    assert "with the job's token: package 401, release 201" in run.log
    assert [release["tag_name"] for release in repository.releases()] == ["v1"]


def test_the_job_token_does_not_read_packages_of_its_own_private_organisation(
    gitea: Gitea, tmp_path: Path
) -> None:
    owner = gitea.make_private_organisation()
    repository = make_repository(gitea, owner)
    repository.set_secret("REGISTRY_TOKEN", gitea.make_token("read:package"))
    gitea.upload_raw("lib-1.0.tar.gz", b"any", name="lib", version="1.0", owner=owner)
    push_jobs(
        repository,
        tmp_path,
        f"""\
        release:
          runs-on: ubuntu-latest
          steps:
            - run: |
                read() {{ {ASK} --user "x:$1" {gitea.registry(owner)}/simple/lib/; }}
                echo "personal token $(read ${{{{ secrets.REGISTRY_TOKEN }}}})"
                echo "job's token $(read ${{{{ github.token }}}})"
        """,
    )

    with runner(gitea, owner=owner) as started:
        run = started.wait_for(repository, "release.yml", TAG)

    assert "personal token 200" in run.log
    assert "job's token 401" in run.log
