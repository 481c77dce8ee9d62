"""Named contexts: the ways in which a build is given them, one a file."""

from railrel.images.contexts import bake_files, build_actions, build_options, compose_files
from railrel.images.contexts.protocol import Form

FORMS: tuple[Form, ...] = (build_options, compose_files, build_actions, bake_files)
