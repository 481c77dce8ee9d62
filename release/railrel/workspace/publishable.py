"""Which projects are meant to be published at all. Pure."""

from railrel.workspace.projects import Project


def why_not(project: Project) -> str:
    """What in its `pyproject.toml` keeps a project to itself; empty when nothing does."""
    document = project.document
    if not document.table("build-system"):
        return "it has no [build-system]"
    if document.table("tool", "uv").get("package") is False:
        return "tool.uv.package is false"
    if document.table("tool", "poetry").get("package-mode") is False:
        return "tool.poetry.package-mode is false"
    classifiers = document.table("project").get("classifiers")
    for classifier in classifiers if isinstance(classifiers, list) else ():
        # PyPI refuses these, which is what they are for.
        if isinstance(classifier, str) and classifier.startswith("Private ::"):
            return f"it is classified as {classifier}"
    return ""
