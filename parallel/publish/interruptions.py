"""Interruptions: Ctrl-C (SIGINT) and SIGTERM, both raised as KeyboardInterrupt.

They come between any two steps of the main thread. Where one would leave half of something behind, it is put
off. Code that it passes through may raise something else in its place (an import that it cuts short ends in
ImportError), so it is remembered that one came. A second one ends the process at once, as a kill would, since
engine threads may still be decoding.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_came = threading.Event()

STATUS = 130
"""The exit status of an interrupted process, as shells have it for SIGINT."""


def listen() -> None:
    """Have both signals raise KeyboardInterrupt, and be remembered; those that are ignored stay so."""
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def came() -> bool:
    """Whether one came since `listen`: whatever went wrong then is its doing."""
    return _came.is_set()


@contextmanager
def put_off() -> Iterator[None]:
    """Have an interruption wait for the end of the block, however the block ends.

    Where signals end the process at once, as SIGTERM does without `listen`, they still do.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[tuple[int, FrameType | None]] = []
    handlers = {number: handler for number in _SIGNALS if callable(handler := signal.getsignal(number))}
    try:
        for number in handlers:
            signal.signal(number, lambda number, frame: waiting.append((number, frame)))
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for signum, frame in waiting[:1]:
            handlers[signal.Signals(signum)](signum, frame)


def _interrupt(number: int, frame: FrameType | None) -> None:
    if _came.is_set():
        os._exit(STATUS)
    _came.set()
    raise KeyboardInterrupt
