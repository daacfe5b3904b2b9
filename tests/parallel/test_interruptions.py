"""Ctrl-C and SIGTERM at the worst moments."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from threading import Thread

import pytest

from egiz.parallel.publish.interruptions import put_off

ELSEWISE = """
import os, signal, sys
number = signal.Signals[sys.argv.pop()]
from egiz.parallel.cli import main
from egiz.parallel.cli import doctor
def examine(home, folders):
    try:
        os.kill(os.getpid(), number)
    except KeyboardInterrupt as stop:
        raise ImportError("an import was cut short") from stop
doctor.examine = examine
main()
"""


pytestmark = pytest.mark.usefixtures("interruptible")


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_what_an_interruption_breaks_is_an_interruption(name: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", ELSEWISE, "doctor", name], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (130, "egiz: interrupted; run the same command again to go on\n")


def test_an_interruption_waits_for_the_end_of_the_block() -> None:
    done = []

    @put_off()
    def work() -> None:
        interrupt()
        done.append(True)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interruption_wins_over_an_error_of_the_block() -> None:
    @put_off()
    def work() -> None:
        interrupt()
        raise ValueError

    with pytest.raises(KeyboardInterrupt) as found:
        work()
    assert isinstance(found.value.__context__, ValueError)


def test_nothing_is_put_off_in_other_threads() -> None:
    seen = []

    def look() -> None:
        with put_off():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
