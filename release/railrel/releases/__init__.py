"""A project's next release: its number, what changed, and the commit and tag that say so."""
