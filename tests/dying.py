"""A process that kills itself, with SIGKILL, at the Nth of some calls that it makes."""

AT_THE_NTH_CALL = """
import os, signal, subprocess, sys
from pathlib import Path
moment, count = int(sys.argv.pop(1)), 0
def counted(function):
    def called(*args, **kw):
        global count
        count += 1
        if count == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kw)
    return called
Path.replace, Path.unlink = counted(Path.replace), counted(Path.unlink)
"""
"""N is the first word. Files that change are counted; who counts more says so behind this."""
COUNT_SYSTEM_CALLS = "os.fsync, os.open = counted(os.fsync), counted(os.open)\n"
COUNT_PROGRAMS = "subprocess.Popen.wait = counted(subprocess.Popen.wait)\n"
RUN_RAILREL = "from railrel.cli import entry\nentry()\n"
