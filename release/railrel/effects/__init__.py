"""The real world. The only room that starts processes, opens connections or writes files."""

import os
from pathlib import Path

from railrel.effects.clock import RealClock
from railrel.effects.files import RealFiles
from railrel.effects.git import RealGit
from railrel.effects.http import RealHttp
from railrel.effects.keyring import RealKeyring
from railrel.effects.processes import RealProcesses
from railrel.world import World


def real_world() -> World:
    """The machine that this process runs on."""
    environment = dict(os.environ)
    clock = RealClock()
    return World(
        environment=environment,
        folder=Path.cwd(),
        processes=RealProcesses(),
        http=RealHttp(environment, clock),
        git=RealGit(environment),
        files=RealFiles(),
        clock=clock,
        keyring=RealKeyring(),
    )
