"""Rebuilds an image set with the Python module AHItoDICOM and compares it with files of our export.

Usage: ahi_to_dicom.py ENDPOINT DATASTORE_ID IMAGE_SET_ID EXPORT_FOLDER SAVE_FOLDER. Prints JSON: {"instances": [UID],
"differences": [text]}. An independent client reads the emulator, decodes its frames with OpenJPEG and writes its own
DICOM files, into SAVE_FOLDER.

Left out is what the module is known to get wrong: "US or SS" (it decides by the value). One process each fetches and
builds; it would start 8 per core otherwise.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from pathlib import Path

import pydicom
from AHItoDICOMInterface.AHItoDICOM import AHItoDICOM
from pydicom.datadict import dictionary_VR, dictionary_has_tag


def main() -> None:
    endpoint, datastore_id, image_set_id, export_folder, save_folder = sys.argv[1:]
    module = AHItoDICOM(AHI_endpoint=endpoint, fetcher_process_count=1, dicomizer_process_count=1)
    for dataset in module.DICOMizeImageSet(datastore_id=datastore_id, image_set_id=image_set_id):
        module.saveAsDICOM(dataset, save_folder)
    ours, theirs = read_folder(export_folder), read_folder(save_folder)
    differences = [line for uid, dataset in theirs.items() for line in compare(dataset, ours.get(uid))]
    for process in multiprocessing.active_children():  # the module leaves some that never end
        process.terminate()
    json.dump({"instances": sorted(theirs), "differences": differences}, sys.stdout)


def read_folder(folder: str) -> dict[str, pydicom.Dataset]:
    return {dataset.SOPInstanceUID: dataset for dataset in map(pydicom.dcmread, Path(folder).rglob("*.dcm"))}


def compare(theirs: pydicom.Dataset, ours: pydicom.Dataset | None) -> list[str]:
    uid = theirs.SOPInstanceUID
    if ours is None:
        return [f"{uid}: not in our export"]
    differences = []
    if theirs.PixelData != ours.PixelData:
        differences.append(f"{uid}: PixelData")
    for element in theirs:
        if element.keyword == "PixelData" or is_ambiguous(element.tag):
            continue
        if element.tag not in ours or element.value != ours[element.tag].value:
            differences.append(f"{uid}: {element.tag} {element.keyword}")
    missing = [el for el in ours if el.tag not in theirs and not el.is_empty and not is_ambiguous(el.tag)]
    return differences + [f"{uid}: {el.tag} {el.keyword} is not in theirs" for el in missing]


def is_ambiguous(tag: pydicom.tag.BaseTag) -> bool:
    return dictionary_has_tag(tag) and " or " in dictionary_VR(tag)


if __name__ == "__main__":
    main()
