"""Lists series of images in a folder that a volume may be made of. Usage: list_volume_series.py FOLDER.

Prints JSON: a list of {"name", "files"}. Files of one folder and one series are a series. Files that share a
SOPInstanceUID are encodings of the same instance: each of them stands for itself.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections import Counter, defaultdict
from pathlib import Path

import pydicom
from pydicom import config

config.settings.reading_validation_mode = config.IGNORE
warnings.simplefilter("ignore")

MODALITIES = {"CT", "MR", "PT", "SEG", "RTDOSE"}
PARAMETRIC_MAP = "1.2.840.10008.5.1.4.1.1.30"


def main() -> None:
    root = Path(sys.argv[1])
    series = defaultdict(list)
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        try:
            ds = pydicom.dcmread(path, stop_before_pixels=True)
        except Exception:  # not DICOM, or broken on purpose
            continue
        if "Rows" not in ds or not (ds.get("Modality") in MODALITIES or ds.get("SOPClassUID") == PARAMETRIC_MAP):
            continue
        series[(path.parent, ds.get("SeriesInstanceUID"))].append((path, ds.get("SOPInstanceUID")))
    listed = []
    for files in series.values():
        counts = Counter(uid for _, uid in files)
        parts = [files] if max(counts.values()) == 1 else [[file] for file in files]
        listed += [[str(path) for path, _ in part] for part in parts]
    named = [{"name": str(Path(files[0]).relative_to(root)), "files": files} for files in listed]
    json.dump(sorted(named, key=lambda one: one["name"]), sys.stdout)


main()
