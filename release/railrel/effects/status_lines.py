"""What `git status --porcelain=v2` says."""


def ahead_and_behind(text: str | None) -> tuple[int | None, int | None]:
    """`+2 -1` as ahead and behind."""
    if not text:
        return None, None
    ahead, behind = text.split()
    return abs(int(ahead)), abs(int(behind))


def changed_paths(lines: list[str]) -> tuple[str, ...]:
    """Paths of `git status --porcelain=v2 -z`: each record's last field, and a rename's old name."""
    fields = {"1": 8, "2": 9, "u": 10, "?": 1}
    paths: list[str] = []
    skip = False
    for line in lines:
        if skip:
            skip = False
        elif line[:2].rstrip() in fields and line[1:2] == " ":
            paths.append(line.split(" ", fields[line[0]])[-1])
            skip = line[0] == "2"
    return tuple(paths)
