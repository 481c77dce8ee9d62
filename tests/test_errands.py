import threading

import pytest

from railrel.errands import Errand


def test_what_comes_of_it_is_given_and_what_it_fails_with_raised() -> None:
    def fail() -> None:
        raise ValueError("no")

    assert Errand(lambda: 3).result() == 3
    with pytest.raises(ValueError, match="no"):
        Errand(fail).result()


def test_a_look_waits_for_nothing_and_raises_what_is_known() -> None:
    go = threading.Event()

    def fail_later() -> None:
        go.wait(30)
        raise ValueError("late")

    errand = Errand(fail_later)
    errand.check()
    go.set()

    with pytest.raises(ValueError, match="late"):
        errand.result()
    with pytest.raises(ValueError, match="late"):
        errand.check()
