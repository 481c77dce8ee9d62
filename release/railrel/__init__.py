"""railrel: from `../sibling` to an installed wheel, for teams with their own Gitea."""

__version__ = "0.1.0"
