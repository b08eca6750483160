"""How every command ends: 0 done, 1 with one plain sentence on stderr that says what, where and what to do."""

from __future__ import annotations

import argparse
import errno
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_SPACE = re.compile(
    rf'(?:file \\?"(?P<path>[^"\\]+)\\?")?[^"]*({os.strerror(errno.ENOSPC)}|database or disk is full)'
)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class Refusal(Exception):
    """What cannot be done, in one sentence that says what is wrong, where, and what to do."""


def run_command(
    read: Callable[[], argparse.Namespace],
    run: Callable[[argparse.Namespace], int],
    refusals: tuple[type[Exception], ...] = (Refusal,),
) -> int:
    """The exit status of a command; what it refuses, and what this machine refuses it, is a sentence and no traceback.

    `read` gives the arguments, which also asks for the settings; `refusals` are the kinds of error whose words are such a sentence.
    """
    try:
        given = read()
        _refuse_bytes(given)
        status = run(given)
        sys.stdout.flush()
        return status
    except refusals as refusal:
        print(refusal, file=sys.stderr)
    except BrokenPipeError:
        # Who reads has had enough, as head has; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as fault:
        if not (words := explain_fault(fault)):
            raise
        print(words, file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted; the live release is unchanged.", file=sys.stderr)
    return 1


def is_text(words: str) -> bool:
    """Whether this can be written down; a name of bytes that are not UTF-8 cannot."""
    try:
        words.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _refuse_bytes(given: argparse.Namespace) -> None:
    """The engine and the databases take no words that are not UTF-8, wherever they stand."""
    for value in vars(given).values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str | Path) and not is_text(str(one)):
                name = str(one).encode("utf-8", "backslashreplace").decode()
                raise Refusal(f"{name} is not UTF-8: write it, or name the file or folder, another way.")


def explain_fault(fault: Exception) -> str:
    """The sentence of what is refused, or of what this machine refuses; '' for a fault of the software."""
    if isinstance(fault, Refusal):
        return str(fault)
    if isinstance(fault, OSError):
        return describe_fault(fault)
    # The engine writes in threads of its own, and what the system refused them is in its words only.
    if told := _NO_SPACE.search(str(fault)):
        return describe_fault(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), told["path"]))
    return ""


def describe_fault(fault: OSError) -> str:
    """What the operating system refused, where, and what to do."""
    match fault.errno:
        case number if number in FULL:
            rest = "Make room on the disk and try again; the live release is unchanged."
        case number if number in FORBIDDEN:
            rest = "Give this user the rights to it and try again; the live release is unchanged."
        case _:
            rest = "Put right what lies there, or restore it from the backup; the live release is unchanged."
    return f"{fault.filename or 'The disk'}: {fault.strerror or fault}. {rest}"
