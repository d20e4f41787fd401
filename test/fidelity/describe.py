"""Says what files are. Usage: describe.py LIST, where LIST is a file with a path a line.

Prints JSON: {path: {"object": name of the SOP class, "transferSyntaxUid": UID}}, without what is no DICOM. Of a folder it
describes the first file.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import pydicom
from pydicom.uid import UID

warnings.simplefilter("ignore")


def main() -> None:
    paths = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    descriptions = {path: describe(Path(path)) for path in paths}
    json.dump({path: found for path, found in descriptions.items() if found is not None}, sys.stdout)


def describe(path: Path) -> dict | None:
    if path.is_dir():
        path = min(child for child in path.rglob("*") if child.is_file())
    try:
        dataset = pydicom.dcmread(path, specific_tags=["SOPClassUID"], force=path.suffix == ".dcm")
    except Exception:  # broken on purpose: the table says how by the reason of its rejection
        return None
    meta = getattr(dataset, "file_meta", {})
    sop_class = UID(dataset.get("SOPClassUID") or meta.get("MediaStorageSOPClassUID") or "")
    name = sop_class.name.replace(" Storage", "").replace("Multi-frame", "Multi-Frame")
    return {"object": name, "transferSyntaxUid": str(meta.get("TransferSyntaxUID") or "")}


if __name__ == "__main__":
    main()
