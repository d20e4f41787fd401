"""Writes the generated objects of the fidelity run: kinds of DICOM that the real files at hand lack.

Usage: generate.py FOLDER [SUBJECT...]. Writes FOLDER/<subject>/<name>.dcm, or a folder <name> of files that belong
together. Prints JSON: [{"name": "<subject>/<name>", "path": path}], in the order of names.

Each module of `objects` is a subject: its `write(folder)` writes the files. Writers are pydicom, highdicom, dcmtk, gdcm,
Pillow, OpenJPEG, OpenJPH and libjxl; nothing of the project's own code takes part. The same call writes the same files,
but for UIDs and times that highdicom and dcmtk choose.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import warnings
from pathlib import Path

import objects
from pydicom import config

warnings.simplefilter("ignore")
config.settings.reading_validation_mode = config.IGNORE
config.replace_un_with_known_vr = False
config.settings.writing_validation_mode = config.IGNORE

NOT_SUBJECTS = {"writing", "pictures"}


def main() -> None:
    folder, *subjects = sys.argv[1:]
    names = subjects or [module.name for module in pkgutil.iter_modules(objects.__path__)]
    written = [file for name in sorted(set(names) - NOT_SUBJECTS) for file in write_subject(name, Path(folder))]
    json.dump([{"name": str(path.relative_to(folder)), "path": str(path)} for path in written], sys.stdout)


def write_subject(name: str, folder: Path) -> list[Path]:
    target = folder / name.replace("_", "-")
    target.mkdir(parents=True)
    importlib.import_module(f"objects.{name}").write(target)
    return sorted(target.iterdir())


if __name__ == "__main__":
    main()
