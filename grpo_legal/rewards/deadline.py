"""A limit of time for any Python callable, in a process that must live on.

In the main thread of a POSIX system the call is interrupted by an alarm, which ends loops, sleeps, sockets and even a
regular expression that runs away. The last holds the interpreter's lock, so that no thread could watch over it, and
nothing of the call is left behind. Elsewhere (another thread, Windows) the call runs in a daemon thread that is
abandoned at the deadline: Python cannot kill it, it goes on until it ends by itself or with the process. Neither helps
against native code that never comes back.

    >>> in_time(lambda: None, 5.0), in_time(lambda: time.sleep(60), 0.05)
    (True, False)
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable

AGAIN = 0.5  # seconds between alarms: the call may swallow the first one in a bare `except`


class _TimeUp(BaseException):
    """Not an Exception, so that `except Exception` in the call lets it pass."""


def in_time(work: Callable[[], None], seconds: float) -> bool:
    """Run `work` for at most `seconds`; whether it came to its end in time. Raises what `work` raises."""
    main = threading.current_thread() is threading.main_thread()
    return _by_alarm(work, seconds) if main and hasattr(signal, "setitimer") else _by_thread(work, seconds)


def _by_alarm(work: Callable[[], None], seconds: float) -> bool:
    running, rung = True, False

    def ring(*_: object) -> None:
        nonlocal rung
        if running:
            rung = True
            raise _TimeUp

    began = time.monotonic()
    before = signal.signal(signal.SIGALRM, ring)
    left, every = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        work()
        running = False
    except (_TimeUp, Exception):
        running = False
        if not rung:  # else it is what the call made of the alarm
            raise
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if before is None else before)
        if left:  # somebody else's alarm
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), 0.001), every)
    return not rung


def _by_thread(work: Callable[[], None], seconds: float) -> bool:
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True, name="reward")
    thread.start()
    thread.join(seconds)
    if raised:
        raise raised[0]
    return not thread.is_alive()
