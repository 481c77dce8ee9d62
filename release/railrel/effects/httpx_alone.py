"""httpx without its command line, which loads rich and pygments wherever those are installed.

That is two thirds of what `import httpx` takes. Everybody here has httpx from this module.
"""

import sys

# What its `__init__` tries to import last, and does without where that cannot be.
_COMMAND_LINE = "httpx._main"

if "httpx" in sys.modules:
    import httpx
else:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # so Python notes what cannot be imported
    try:
        import httpx
    finally:
        del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
