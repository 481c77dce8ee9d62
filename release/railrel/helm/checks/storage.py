"""Where packages lie, said in words that Gitea does not know."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.helm.values_file import ValuesFile

ID = "storage"
TITLE = "a STORAGE_TYPE that there is not, a MINIO_ENDPOINT with a scheme or a path"

_TYPES = ("local", "minio", "azureblob")


def find(file: ValuesFile) -> Iterator[Problem]:
    named = {section.name.lower().removeprefix("storage.") for section in file.sections}
    for entry in (*file.entries, *file.variables):
        value = entry.value or ""
        at = file.place(entry.pair.value)
        if entry.key == "STORAGE_TYPE" and value and value not in _TYPES and value not in named:
            yield Problem(
                f"{entry.name} is none of {', '.join(_TYPES)}; Gitea does not start",
                at,
                'STORAGE_TYPE: "minio" is S3 as well',
                ID,
            )
        elif entry.key == "MINIO_ENDPOINT" and "/" in value:
            yield Problem(
                f"{entry.name} has a scheme or a path; Gitea takes a host and a port there",
                at,
                "leave them out; MINIO_USE_SSL says whether it is https",
                ID,
            )
