"""What can be set, by flag, variable or file; one entry each."""

from railrel.job import TOKEN_SECRET
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that can be set."""

    name: str
    help: str
    default: str | tuple[str, ...] = ""
    workspace_only: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    """What a value looks like; these go into files that a shell or a builder reads."""
    example: str = ""

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return "RAILREL_" + self.name.upper().replace("-", "_")


KEYS: tuple[Key, ...] = (
    Key(
        "registry",
        "Where distributions are published: https://HOST/api/packages/OWNER/pypi of a Gitea or "
        "Forgejo, the upload URL of another server, or a folder. None: .railrel/index in the "
        "workspace.",
    ),
    Key(
        "index-name",
        "What uv and Poetry call the registry in the files that fix-deps writes. "
        "None: the owner's name.",
    ),
    Key(
        "index-url",
        "Where the simple pages of a legacy server are, when not below simple/ of its upload URL; "
        "devpi's are below +simple.",
    ),
    Key(
        "timeout",
        "How many seconds one request to the registry may take. An upload gets more, by its size.",
        default="60",
        pattern=r"0*[1-9]\d{0,3}",
        example="120",
    ),
    Key(
        "internal",
        "Names of packages that are ours beside the projects of the workspace, as globs; with ! those "
        "that are anybody's: acme-* !acme-theme.",
        default=(),
    ),
    Key(
        "public-index",
        "The simple index that everything else comes from. None: the one that pip or uv is told of on this "
        "machine, else PyPI.",
        pattern=r"https?://[^\s?#]+",
        example="https://pypi.org/simple",
    ),
    Key(
        "tag",
        "How a tag names a version, with {version} and {name}. None: any of the customary ways, "
        "v1.2.3 first.",
    ),
    Key(
        "range",
        "How wide the ranges are that fix-deps writes. For 1.4.2: minor >=1.4,<2; patch >=1.4.2,<2; "
        "exact ==1.4.2; compatible ~=1.4.2.",
        default="minor",
        choices=("minor", "patch", "exact", "compatible"),
    ),
    Key(
        "range-floor",
        "Where ranges begin, whatever range says. For 1.4.2: minor >=1.4; patch >=1.4.2.",
        choices=("minor", "patch"),
    ),
    Key(
        "range-cap",
        "Where ranges end, whatever range says. For 1.4.2: breaking <2; minor <1.5; none.",
        choices=("breaking", "minor", "none"),
    ),
    Key(
        "keep-source",
        "Whether fix-deps leaves path sources for development and makes lock and image without them.",
        default="no",
        choices=("no", "yes"),
    ),
    Key(
        "image",
        "What the image is called that railrel image pushes, without a tag, with {name} for the "
        "project. None: HOST/OWNER/{name} of the registry, if that is a Gitea's.",
        pattern=r"(?:[\w.-]+|\[[\da-fA-F:]+\])(:\d+)?(/[a-z0-9{}._-]+)+",
        example="git.example.com/acme/{name}",
    ),
    Key(
        "image-base",
        "The base image of generated Dockerfiles, with {python} for the version: "
        "python:{python}-slim.",
        default="python:{python}-slim",
        pattern=r"[\w][\w./:@{}+-]*",
        example="python:{python}-slim",
    ),
    Key(
        "image-python",
        "The Python of generated Dockerfiles, such as 3.12. None: .python-version, else the lowest "
        "supported one that requires-python admits.",
        pattern=r"3\.\d{1,2}(\.\d{1,2})?",
        example="3.12",
    ),
    Key(
        "image-uv",
        "Where generated Dockerfiles get uv from: an image that holds /uv, or what pip shall install, "
        "such as uv>=0.9,<1.",
        default="ghcr.io/astral-sh/uv:0.13",
        pattern=r"[\w][\w./:@<>=!~*,+ -]*",
        example="uv>=0.9,<1",
    ),
    Key(
        "image-command",
        "What an image starts, as one line that no shell reads, with {port}. None: what the project's "
        "kind is known to start with.",
    ),
    Key(
        "image-port",
        "The port on which an image serves.",
        default="8000",
        pattern=r"0*([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])",
        example="8000",
    ),
    Key(
        "image-healthcheck",
        "The path that the image's HEALTHCHECK asks for. None: no HEALTHCHECK; Kubernetes has probes.",
        pattern=r"[\w./?=&%~:@+-]+",
        example="/healthz",
    ),
    Key(
        "image-build-options",
        "More for the command that builds an image, as one line: --network host.",
    ),
    Key(
        "changelog",
        "The file that tells what changed, beside pyproject.toml. None: CHANGELOG.md, CHANGES.md, "
        "HISTORY.md or NEWS.md, whichever is there; no keeps none.",
    ),
    Key(
        "release-branches",
        "From which branches release goes, as globs. None: the one that the remote calls its own.",
        default=(),
    ),
    Key(
        "release-message",
        "The message of a release's commit, with {name} and {version}.",
        default="Release {name} {version}",
    ),
    Key(
        "forge",
        "Whose jobs the workflows are for. None: the one whose folder is there, else gitea.",
        choices=("gitea", "forgejo", "github"),
    ),
    Key(
        "runner",
        "The label of the runner that the workflows ask for.",
        default="ubuntu-latest",
    ),
    Key(
        "token-secret",
        "What the secret is called that workflows publish with.",
        default=TOKEN_SECRET,
    ),
    Key(
        "railrel-version",
        "The version of railrel that workflows install; . is the one in the repository itself. None: the "
        "one that writes them.",
        pattern=r"\.|\d[\w.!+]*",
        example="1.2.3",
    ),
    Key(
        "railrel-index",
        "The simple index from which workflows install railrel itself, and nothing else: "
        "https://git.example.com/api/packages/acme/pypi/simple. None: whatever pip and uv of the runner ask.",
        pattern=r"https?://[^\s@?#]+",
        example="https://git.example.com/api/packages/acme/pypi/simple",
    ),
    Key(
        "checkout-action",
        "The action by which workflows check out: https://github.com/actions/checkout@v5. None: git alone.",
        pattern=r"[\w:/.-]+@[\w./-]+",
        example="https://github.com/actions/checkout@v5",
    ),
    Key(
        "verify-import",
        "The modules that publish --verify=import and verify --import import. None: the top modules of the "
        "wheel.",
        default=(),
    ),
    Key(
        "test-command",
        "What the release workflow runs before it publishes, in an environment of the project; no runs "
        "nothing. None: pytest where there are tests.",
    ),
    Key(
        "workflow-image",
        "Whether the project gets a workflow for its image. auto: where railrel dockerfile knows what it "
        "starts and by which lock.",
        default="auto",
        choices=("auto", "yes", "no"),
    ),
    Key(
        "members",
        "Globs of project folders below the workspace, beside its direct children.",
        default=(),
        workspace_only=True,
    ),
    Key("exclude", "Globs of folders that are no projects.", default=(), workspace_only=True),
)
