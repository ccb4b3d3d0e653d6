"""Settings of a repository: `preflight.toml`, or `[tool.preflight]` of `pyproject.toml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from preflight.contract.options import PlanOptions, read_options
from preflight.contract.toml_text import parse_toml
from preflight.errors import SettingsError

__all__ = ["FileOptions", "Settings", "ShowOptions", "covers", "read_settings", "settings_for"]

_LEVELS = ("error", "warning", "info")
_FAIL_ON = ("error", "warning", "never")
_VALUES = ("show", "mask", "hide")


@dataclass(frozen=True, slots=True)
class ShowOptions:
    """How a file is read and what is shown of it; None and empty are "not stated". Codes are text: the table of codes judges them.

    `ignore_in` are (column or field, codes) pairs, `severities` (code, level) pairs.
    """

    encoding: str | None = None
    delimiter: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    ignore_in: tuple[tuple[str, tuple[str, ...]], ...] = ()
    severities: tuple[tuple[str, str], ...] = ()
    values: str | None = None
    fail_on: str | None = None
    max_findings: int | None = None

    def over(self, other: ShowOptions) -> ShowOptions:
        """These options, and the other's where these state nothing; severities and columns are laid over one by one."""
        stated = {name: mine for name in self.__slots__ if (mine := getattr(self, name)) not in (None, ())}
        for name in ("severities", "ignore_in"):
            stated[name] = tuple((dict(getattr(other, name)) | dict(getattr(self, name))).items())
        return replace(other, **stated)


@dataclass(frozen=True, slots=True)
class FileOptions:
    """All that settings state for a file."""

    plan: PlanOptions = PlanOptions()
    show: ShowOptions = ShowOptions()

    def over(self, other: FileOptions) -> FileOptions:
        """These options over the other's."""
        return FileOptions(self.plan.over(other.plan), self.show.over(other.show))


@dataclass(frozen=True, slots=True)
class Settings:
    """A settings file: `defaults`, and for globs the options of the files that they cover, in order. `name` is its name."""

    name: str
    defaults: FileOptions = FileOptions()
    files: tuple[tuple[tuple[str, ...], FileOptions], ...] = field(default=())

    @property
    def globs(self) -> tuple[str, ...]:
        """Every glob, in order: what `preflight check` without a source looks for."""
        return tuple(dict.fromkeys(glob for globs, _ in self.files for glob in globs))


def read_settings(text: str, /, *, name: str = "preflight.toml") -> Settings | None:
    """The settings of a file's text; for `pyproject.toml` those of its table `[tool.preflight]`, None where it has none.

    Raises SettingsError with every fault, a line each: broken TOML with its place, unknown keys, values of a wrong type.
    """
    try:
        parsed: Any = parse_toml(text, name)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    if name.rpartition("/")[2] == "pyproject.toml":
        tool = parsed.get("tool")
        if not isinstance(tool, Mapping) or "preflight" not in tool:
            return None
        parsed, name = tool["preflight"], f"{name}, [tool.preflight]"
        if not isinstance(parsed, Mapping):
            raise SettingsError(f"{name} is no table; wanted keys such as entity and [[tool.preflight.files]]")
    defaults, faults = _read_file_options(parsed, f"{name}: ", also=("files",))
    files, wrong = _read_files(parsed.get("files", []), name)
    faults += wrong
    if faults:
        raise SettingsError("\n".join(faults))
    return Settings(name, defaults, files)


def settings_for(settings: Settings, path: str, /) -> FileOptions | None:
    """The options for a file: those of the first entry that covers it, over the defaults.

    `path` is relative to the folder of the settings file. None where no glob covers it; without [[files]] the defaults
    cover every file.
    """
    if not settings.files:
        return settings.defaults
    for globs, options in settings.files:
        if any(covers(glob, path) for glob in globs):
            return options.over(settings.defaults)
    return None


def covers(glob: str, path: str, /) -> bool:
    """Whether a glob covers a relative path. `*` and `?` stay within a folder, `**` crosses folders; letter case counts."""
    return re.fullmatch(_pattern_of(_plain(glob)), _plain(path)) is not None


def _plain(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")


def _pattern_of(glob: str) -> str:
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[!?[^/\]]+\])", glob)
    return "".join(_part(part) for part in parts)


def _part(part: str) -> str:
    found = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part)
    if found is not None:
        return found
    if part.startswith("[") and part.endswith("]"):
        inner = re.escape(part[1:-1].removeprefix("!")).replace(r"\-", "-")
        try:
            re.compile(f"[{inner}]")
        except re.error:  # a range that runs backwards covers nothing but itself
            return re.escape(part)
        return f"[{'^/' if part[1] == '!' else ''}{inner}]"
    return re.escape(part)


def _read_files(entries: object, name: str) -> tuple[tuple[tuple[tuple[str, ...], FileOptions], ...], list[str]]:
    if not isinstance(entries, list) or any(not isinstance(entry, Mapping) for entry in entries):
        return (), [f"{name}: files is no list of tables; wanted [[files]] with a glob in each"]
    files: list[tuple[tuple[str, ...], FileOptions]] = []
    faults: list[str] = []
    for number, entry in enumerate(entries, 1):
        where = f"{name}, [[files]] {number}: "
        options, wrong = _read_file_options(entry, where, also=("glob",))
        glob = entry.get("glob")
        globs = (glob,) if isinstance(glob, str) else tuple(glob) if isinstance(glob, list) else ()
        if not globs or any(not isinstance(one, str) or not one.strip() for one in globs):
            faults.append(f'{where}it has no glob; wanted one such as glob = "exports/accounts*.csv"')
        faults += wrong
        files.append((globs, options))
    return tuple(files), faults


def _read_file_options(table: Mapping[str, object], where: str, *, also: tuple[str, ...]) -> tuple[FileOptions, list[str]]:
    shown: dict[str, Any] = {}
    faults: list[str] = []
    for key in _READERS.keys() & table.keys():
        name, read = _READERS[key]
        shown[name], wanted = read(table[key])
        if wanted:
            faults.append(f"{where}{key} is {_short(table[key])}; wanted {wanted}")
    plan, wrong = read_options(table, where, also=(*also, *_READERS))
    return FileOptions(plan, replace(ShowOptions(), **shown)), [*wrong, *sorted(faults)]


def _short(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


_Read = Callable[[object], tuple[Any, str | None]]  # the value read and, where it cannot be, what was wanted


def _read_text(value: object) -> tuple[Any, str | None]:
    return (value, None) if isinstance(value, str) and value.strip() else (None, "text")


def _read_delimiter(value: object) -> tuple[Any, str | None]:
    return (value, None) if isinstance(value, str) and len(value) == 1 and value not in '"\r\n' else (None, "one character")


def _read_codes(value: object) -> tuple[Any, str | None]:
    several = [value] if isinstance(value, str) else value
    if isinstance(several, list) and all(isinstance(one, str) and one.strip() for one in several):
        return tuple(several), None
    return (), 'codes such as ["PF412"]'


def _read_count(value: object) -> tuple[Any, str | None]:
    fits = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return (value, None) if fits else (None, "a whole number from 0 on")


def _read_severities(value: object) -> tuple[Any, str | None]:
    if isinstance(value, Mapping) and all(level in _LEVELS for level in value.values()):
        return tuple(value.items()), None
    return (), f'a table of codes such as {{ PF412 = "error" }}, each {_words(_LEVELS)}'


def _read_ignore_in(value: object) -> tuple[Any, str | None]:
    wanted = 'a table of columns such as { "Website" = ["PF414"] }'
    if not isinstance(value, Mapping):
        return (), wanted
    read = {column: _read_codes(codes) for column, codes in value.items()}
    return tuple((column, codes) for column, (codes, _) in read.items()), next(
        (wanted for _, fault in read.values() if fault), None
    )


def _one_of(words: tuple[str, ...]) -> _Read:
    return lambda value: (value, None) if value in words else (None, _words(words))


def _words(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


_READERS: dict[str, tuple[str, _Read]] = {
    "encoding": ("encoding", _read_text),
    "delimiter": ("delimiter", _read_delimiter),
    "select": ("select", _read_codes),
    "ignore": ("ignore", _read_codes),
    "ignore_in": ("ignore_in", _read_ignore_in),
    "severity": ("severities", _read_severities),
    "values": ("values", _one_of(_VALUES)),
    "fail_on": ("fail_on", _one_of(_FAIL_ON)),
    "max_findings": ("max_findings", _read_count),
}
"""For each key beside those of a plan the attribute of `ShowOptions` and how it is read."""
