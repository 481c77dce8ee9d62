"""Several replicas on a volume that one can write."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.helm.nodes import items
from railrel.helm.scalars import printed
from railrel.helm.values_file import ValuesFile

ID = "replicas"
TITLE = "several replicas on a volume that only one node can write"


def find(file: ValuesFile) -> Iterator[Problem]:
    count = file.pair("replicaCount")
    if count is None or file.printed("persistence", "enabled") == "false":
        return
    try:
        several = float(printed(count.value) or "0") > 1
    except ValueError:
        return
    modes = [printed(item) for item in items(file.node("persistence", "accessModes"))]
    if several and modes[:1] != ["ReadWriteMany"]:
        said = "" if modes else ", the chart's default"
        yield Problem(
            f"several replicas share a volume that is {modes[0] if modes else 'ReadWriteOnce'}{said}; the chart refuses that",
            file.place(count.value),
            "persistence.accessModes: [ReadWriteMany], or replicaCount: 1",
            ID,
        )
