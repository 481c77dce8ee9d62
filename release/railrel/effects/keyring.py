"""The system's credential store."""

import threading
from queue import Empty, Queue

# A store may wait for a person to unlock it on a screen that nobody sees.
_PATIENCE_SECONDS = 5.0


class RealKeyring:
    """The `keyring` library; a store that is away or locked counts as empty."""

    def credential(self, service: str) -> tuple[str, str] | None:
        answer: Queue[tuple[str, str] | None] = Queue()
        threading.Thread(target=_ask, args=(service, answer), daemon=True).start()
        try:
            return answer.get(timeout=_PATIENCE_SECONDS)
        except Empty:
            return None


def _ask(service: str, answer: "Queue[tuple[str, str] | None]") -> None:
    try:
        import keyring

        found = keyring.get_credential(service, None)
        answer.put((found.username, found.password) if found else None)
    except Exception:  # noqa: BLE001 -- backends raise anything; none of it concerns the user here
        answer.put(None)
