"""Workflows for Gitea, Forgejo and GitHub Actions. Pure."""
