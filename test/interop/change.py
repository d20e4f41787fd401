"""Changes copies of files in ways that the comparison has to see.

Usage: change.py ENHANCED SLIDE TEXT FOLDER: three files of the generated objects, and where the changed copies go. Prints
JSON: [{"name", "original", "path", "found"}], where the last is what the comparison has to name.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pydicom
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames

warnings.simplefilter("ignore")
config.settings.reading_validation_mode = config.IGNORE
config.replace_un_with_known_vr = False

Change = Callable[[Dataset], None]


def main() -> None:
    enhanced, slide, text, folder = sys.argv[1:]
    results = []
    for original, changes in ((enhanced, OF_ENHANCED), (slide, OF_SLIDE), (text, OF_TEXT)):
        for name, (change, *found) in changes.items():
            dataset = pydicom.dcmread(original)
            change(dataset)
            path = str(Path(folder, f"{name.replace(' ', '-')}.dcm"))
            dataset.save_as(path)
            results.append({"name": name, "original": original, "path": path, "found": found})
    json.dump(results, sys.stdout)


def groups(dataset: Dataset) -> list[Dataset]:
    return dataset.PerFrameFunctionalGroupsSequence


def set_position(dataset: Dataset) -> None:
    groups(dataset)[1].PlanePositionSequence[0].ImagePositionPatient = ["-10", "-10", "2.51"]


def drop_position(dataset: Dataset) -> None:
    del groups(dataset)[1].PlanePositionSequence


def drop_group(dataset: Dataset) -> None:
    groups(dataset).pop()


def swap_windows(dataset: Dataset) -> None:
    first, second = (group.FrameVOILUTSequence[0] for group in groups(dataset)[:2])
    first.WindowCenter, second.WindowCenter = second.WindowCenter, first.WindowCenter


def round_double(dataset: Dataset) -> None:
    dataset.SharedFunctionalGroupsSequence[0].UnassignedSharedConvertedAttributesSequence[0][0x00211001].value = [1.5, -2.0]


def swap_frames(dataset: Dataset) -> None:
    size = len(dataset.PixelData) // dataset.NumberOfFrames
    data = dataset.PixelData
    dataset.PixelData = data[size : 2 * size] + data[:size] + data[2 * size :]


def encode_again(dataset: Dataset, frames: list[bytes], **options: object) -> None:
    dataset.PixelData = encapsulate(frames, **options)
    dataset["PixelData"].is_undefined_length = True


def frames_of(dataset: Dataset) -> list[bytes]:
    return list(generate_frames(dataset.PixelData, number_of_frames=dataset.NumberOfFrames))


def flip_bit(dataset: Dataset) -> None:
    frames = frames_of(dataset)
    frames[3] = frames[3][:-5] + bytes([frames[3][-5] ^ 1]) + frames[3][-4:]
    encode_again(dataset, frames)


def swap_tiles(dataset: Dataset) -> None:
    first, second, *others = frames_of(dataset)
    encode_again(dataset, [second, first, *others])


def move_offset(dataset: Dataset) -> None:
    data = bytearray(dataset.PixelData)
    data[12] ^= 2
    dataset.PixelData = bytes(data)


def set_attribute(keyword: str, value: object) -> Change:
    return lambda dataset: setattr(dataset, keyword, value)


def set_vr(keyword: str, vr: str) -> Change:
    return lambda dataset: dataset.add_new(keyword, vr, dataset[keyword].value.encode("latin-1"))


def set_item_name(dataset: Dataset) -> None:
    dataset.OtherPatientIDsSequence[0].PatientName = "Διονυσιοσ"


NOTHING: Change = lambda dataset: None

OF_ENHANCED: dict[str, tuple] = {
    "nothing": (NOTHING,),
    "a value in an item": (set_position, "PerFrameFunctionalGroupsSequence[1].PlanePositionSequence[0].ImagePositionPatient"),
    "an attribute less in an item": (drop_position, "PerFrameFunctionalGroupsSequence[1].PlanePositionSequence"),
    "an item less": (drop_group, "PerFrameFunctionalGroupsSequence (items)"),
    "values of two items swapped": (
        swap_windows,
        "PerFrameFunctionalGroupsSequence[0].FrameVOILUTSequence[0].WindowCenter",
        "PerFrameFunctionalGroupsSequence[1].FrameVOILUTSequence[0].WindowCenter",
    ),
    "a private double in an item": (
        round_double,
        "SharedFunctionalGroupsSequence[0].UnassignedSharedConvertedAttributesSequence[0].(0021,1001)",
    ),
    "two frames swapped": (swap_frames, "pixels"),
    "an attribute more": (set_attribute("ImageComments", "more"), "ImageComments"),
    "another class in group 2 alone": (
        lambda dataset: setattr(dataset.file_meta, "MediaStorageSOPClassUID", "1.2.3"),
        "MediaStorageSOPClassUID",
    ),
    "another text of a number": (set_attribute("SeriesNumber", "01"), "SeriesNumber"),
    "UN in place of LO": (set_vr("Manufacturer", "UN"), "Manufacturer (VR)", "Manufacturer"),
    "UTF-8 declared without need": (set_attribute("SpecificCharacterSet", "ISO_IR 192"), "SpecificCharacterSet"),
    "bits stored": (set_attribute("BitsStored", 13), "BitsStored"),
}
OF_SLIDE: dict[str, tuple] = {
    "nothing of a slide": (NOTHING,),
    "a bit of a code stream": (flip_bit, "pixels"),
    "two tiles swapped": (swap_tiles, "pixels"),
    "a tile in two fragments": (
        lambda dataset: encode_again(dataset, frames_of(dataset), fragments_per_frame=2),
        "pixels (fragments)",
    ),
    "no offset table": (lambda dataset: encode_again(dataset, frames_of(dataset), has_bot=False),),
    "an offset": (move_offset, "pixels (Basic Offset Table)"),
    "RGB of a component transform": (set_attribute("PhotometricInterpretation", "RGB"), "PhotometricInterpretation"),
    "grey of colours": (set_attribute("PhotometricInterpretation", "MONOCHROME2"), *["PhotometricInterpretation"] * 2),
}
OF_TEXT: dict[str, tuple] = {
    "nothing of texts": (NOTHING,),
    "a character in an item": (set_item_name, "OtherPatientIDsSequence[0].PatientName"),
}


if __name__ == "__main__":
    main()
