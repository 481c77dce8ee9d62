"""How dependencies get into an image. One tool a file, listed here in the order they are asked."""

from railrel.errors import Problem
from railrel.images.installers import pdm, pip, poetry, uv
from railrel.images.installers.protocol import Asked, Installer, Steps

INSTALLERS: tuple[Installer, ...] = (uv, poetry, pdm, pip)


def steps_for(asked: Asked) -> Steps | list[Problem]:
    """The steps of the first tool whose lock is there."""
    found = next((s for one in INSTALLERS if (s := one.find(asked)) is not None), None)
    if found is not None:
        return found
    project = asked.tree.project
    there = (name for one in INSTALLERS for name in one.LOCKS if (project.folder / name).is_file())
    ignored = next(there, None)
    if ignored:
        return [
            Problem(
                f"git ignores {ignored}, so nobody else builds {project.name} with it",
                str(project.folder / ignored),
                f"see by which line: git check-ignore -v {ignored}",
                "no-lock",
            )
        ]
    compiling = "--generate-hashes pyproject.toml -o requirements.txt"
    # A workspace's lock lies where an image of one member's folder cannot have it.
    hint = (
        f"uv pip compile --no-sources {compiling}"
        if asked.is_member
        else f"uv lock, poetry lock, pdm lock, or: uv pip compile {compiling}"
    )
    return [
        Problem(
            f"{project.name} has no lock, so nobody knows what its image would hold",
            str(project.folder),
            hint,
            "no-lock",
        )
    ]
