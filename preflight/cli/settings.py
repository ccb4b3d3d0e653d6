"""The settings of a repository, where they are found, and the files that they name."""

from __future__ import annotations

import os
from pathlib import Path

from preflight.contract.settings import Settings, read_settings
from preflight.errors import SettingsError, UsageError

__all__ = ["covered", "find_settings"]


def find_settings(folder: Path) -> tuple[Settings, Path] | None:
    """The settings of a folder, or of the repository that it lies in: `preflight.toml`, or `[tool.preflight]` of `pyproject.toml`,
    and the folder where they stand; None where there are none."""
    found = (_settings_in(place) for place in _up_to_repository(folder))
    return next((one for one in found if one is not None), None)


def _up_to_repository(folder: Path) -> list[Path]:
    """The folder and those above it up to that of its repository; the folder alone where it is in none."""
    above = [folder.resolve(), *folder.resolve().parents]
    root = next((at for at, place in enumerate(above) if (place / ".git").exists()), 0)
    return [folder, *(Path(os.path.relpath(place, folder.resolve())) for place in above[1 : root + 1])]


def _settings_in(folder: Path) -> tuple[Settings, Path] | None:
    for name in ("preflight.toml", "pyproject.toml"):
        path = folder / name
        if not path.is_file():
            continue
        try:
            found = read_settings(path.read_text(encoding="utf-8-sig"), name=name)
        except OSError as error:
            raise SettingsError(f"{name} cannot be read ({error.strerror}); check its permissions") from error
        except UnicodeDecodeError as error:
            raise SettingsError(f"{name} is not UTF-8; save it as UTF-8") from error
        if found is not None:
            return found, folder
    return None


def covered(settings: tuple[Settings, Path] | None) -> tuple[str, ...]:
    """The files that the globs of the settings find. Raises UsageError where there are none."""
    if settings is None or not settings[0].globs:
        raise UsageError("no source is given and no preflight.toml names files; try for instance: preflight check accounts.csv")
    found, folder = settings
    names = dict.fromkeys(str(path) for one in found.globs for path in _matching(folder, one, found.name) if path.is_file())
    if not names:
        raise UsageError(f"no file matches the globs of {found.name}: {', '.join(found.globs)}")
    return tuple(names)


def _matching(folder: Path, glob: str, name: str) -> list[Path]:
    try:
        return sorted(folder.glob(glob))
    except (ValueError, NotImplementedError) as error:
        raise SettingsError(f'{name}: the glob "{glob}" cannot be used ({error}); give one relative to its folder') from error
