"""Which tags of a repository are a project's, and how the next one is called."""

from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version

from railrel.workspace.projects import BARE_TAGS, NAMED_TAGS, tag_names


def own_tags(
    tags: tuple[str, ...], pattern: str, name: NormalizedName, *, shared: bool
) -> dict[str, Version]:
    """The project's tags with their versions. In a shared repository a bare `v1.2` is nobody's."""
    forms = (pattern,) if pattern else (NAMED_TAGS if shared else (*NAMED_TAGS, *BARE_TAGS))
    found: dict[str, Version] = {}
    for tag in tags:
        versions = (_version(tag, form.replace("{name}", name)) for form in forms)
        version = next((each for each in versions if each), None)
        if version:
            found[tag] = version
    return found


def tag_for(
    version: Version, own: dict[str, Version], pattern: str, name: NormalizedName, *, shared: bool
) -> str:
    """What the tag of a version is called: as the setting says, else as the last one, else as is usual."""
    if pattern:
        return tag_names(pattern, name, version)[0]
    last = max(own, key=lambda tag: own[tag], default="")
    for form in (*BARE_TAGS, *NAMED_TAGS) if last else ():
        if last in tag_names(form, name, own[last]):
            return tag_names(form, name, version)[0]
    return tag_names("{name}-v{version}" if shared else "v{version}", name, version)[0]


def _version(tag: str, form: str) -> Version | None:
    before, _, after = form.partition("{version}")
    if not (tag.startswith(before) and tag.endswith(after)):
        return None
    try:
        return Version(tag[len(before) : len(tag) - len(after)])
    except InvalidVersion:
        return None
