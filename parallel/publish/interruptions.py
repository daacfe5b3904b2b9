"""Interruptions: Ctrl-C (SIGINT) and SIGTERM, both raised as KeyboardInterrupt.

They may occur between any two steps of the main thread; `put_off` delays them where they would leave work
half done. Code that catches the exception may raise another (an interrupted import raises ImportError), so
`came` says whether an interruption occurred. A second interruption ends the process at once, as a kill
would, since engine threads may still be decoding. Worker processes leave interruptions to their parent.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from multiprocessing.connection import wait
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_came = threading.Event()

STATUS = 130
"""The exit status of an interrupted process; the one that shells use for SIGINT."""


def listen() -> None:
    """From now on, SIGINT and SIGTERM raise KeyboardInterrupt and are recorded for `came`.

    A signal that this process was started to ignore stays ignored.
    """
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def came() -> bool:
    """Whether an interruption has come after `listen` was called.

    If so, an error that follows is treated as a consequence of the interruption.
    """
    return _came.is_set()


@contextmanager
def put_off() -> Iterator[None]:
    """Return a context manager that delays an interruption until its block ends, normally or by an exception.

    It delays only signals that Python handles. SIGTERM, for example, still ends the process at once if
    `listen` was not called before.
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


def begin_worker() -> None:
    """Make this process a worker: it ignores Ctrl-C, which its parent handles, and ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None  # this is a worker
    wait([parent.sentinel])
    os._exit(1)


def _interrupt(number: int, frame: FrameType | None) -> None:
    if _came.is_set():
        os._exit(STATUS)
    _came.set()
    raise KeyboardInterrupt
