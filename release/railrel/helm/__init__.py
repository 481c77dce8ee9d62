"""Gitea's settings for a Python registry, in the forms that deployments take them in; values files."""
