"""Where the result goes: standard output, or a file that is opened last and takes its name when it is complete."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import click

from preflight.errors import UsageError
from preflight.report.escape import visible

__all__ = ["colour_wanted", "say", "write_out"]


def write_out(pieces: Iterable[str] | bytes, out: str | None) -> None:
    """Write the result. A file appears complete or not at all. Raises UsageError where it cannot be written."""
    if out is None or out == "-":
        _to_standard_output(pieces)
        return
    path = Path(os.path.realpath(out))
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as stream:  # a device or a pipe takes no other name
                stream.writelines(_bytes(pieces))
            return
        _to_file(pieces, path)
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}); give another file with -o") from error


def _bytes(pieces: Iterable[str] | bytes) -> Iterator[bytes]:
    if isinstance(pieces, bytes):
        yield pieces
    else:
        yield from (piece.encode("utf-8", "backslashreplace") for piece in pieces)


def _to_file(pieces: Iterable[str] | bytes, path: Path) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=".preflight-", dir=path.parent)  # only its owner may read it
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(_bytes(pieces))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _to_standard_output(pieces: Iterable[str] | bytes) -> None:
    sys.stdout.flush()
    stream = sys.stdout.buffer
    try:
        stream.writelines(_bytes(pieces))
        stream.flush()
    except BrokenPipeError:
        _give_up(stream)  # the reader of a pipe has enough; the exit code still tells the verdict
    except OSError as error:
        _give_up(stream)
        raise UsageError(f"standard output cannot be written ({error.strerror}); give a file with -o") from error


def _give_up(stream: BinaryIO) -> None:
    """Lead standard output to nowhere, so that what it still holds is not tried again when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def colour_wanted() -> bool:
    """Whether the result may be coloured: on a terminal, unless NO_COLOR is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def say(text: str) -> None:
    """Talk, as opposed to the result: to standard error, on one line."""
    click.echo(visible(text), err=True)
