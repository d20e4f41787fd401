"""Instances by what they lack or have more than once: numbers, frames, twins."""

from __future__ import annotations

from pathlib import Path

import numpy
from pydicom.uid import ImplicitVRLittleEndian, MultiFrameGrayscaleByteSecondaryCaptureImageStorage, RawDataStorage

from objects.pictures import grey, image, set_native
from objects.writing import instance, item, save, uid


def write(folder: Path) -> None:
    without = image("without-instance-number", grey(9, 8))
    del without.InstanceNumber
    save(folder, "without-instance-number", without)
    empty = image("empty-instance-number", grey(9, 8))
    empty.InstanceNumber = None
    save(folder, "empty-instance-number", empty)
    raw = instance(RawDataStorage, "raw-data")
    raw.private_block(0x7FE1, "FIDELITY RAW", create=True).add_new(0x01, "OB", bytes(range(200)))
    save(folder, "without-frames", raw)
    no_pixels = instance(RawDataStorage, "empty-pixel-data")
    no_pixels.add_new("PixelData", "OW", b"")
    save(folder, "empty-pixel-data", no_pixels)
    for count in (1, 2, 10_000):
        save(folder, f"frames-{count}", many_frames(count))
    icon = image("icon", grey(9, 8))
    small = image("icon", grey(4, 4))
    icon.IconImageSequence = [
        item(**{element.keyword: element.value for element in small.group_dataset(0x0028)}, PixelData=small.PixelData)
    ]
    icon.IconImageSequence[0]["PixelData"].VR = "OB"
    save(folder, "icon", icon)
    save(folder, "icon-implicit", icon, ImplicitVRLittleEndian)
    twins(folder)
    disagreeing(folder)


def many_frames(count: int):
    name = f"frames-{count}"
    pixels = (numpy.arange(count * 6).reshape(count, 2, 3) * 37 % 251).astype("u1")
    dataset = image(name, pixels[0], sop_class=MultiFrameGrayscaleByteSecondaryCaptureImageStorage)
    set_native(dataset, pixels)
    dataset.NumberOfFrames = count
    dataset.FrameTime = "40"
    dataset.FrameIncrementPointer = 0x00181063
    return dataset


def twins(folder: Path) -> None:
    """One SOP instance twice, in studies that AHI holds apart by their date: one becomes primary, the other does not."""
    for number, (date, value) in enumerate((("20240229", "first"), ("20240301", "second")), start=1):
        dataset = image("twins", grey(9, 8))
        dataset.StudyDate, dataset.ImageComments = date, value
        save(folder / "twins", str(number), dataset)


def disagreeing(folder: Path) -> None:
    """Instances of one series that differ in attributes of which AHI keeps one value a series."""
    for number in (1, 2):
        dataset = image("disagreeing", grey(9, 8))
        dataset.SOPInstanceUID = uid("disagreeing", str(number))
        dataset.InstanceNumber = number
        dataset.StationName, dataset.PatientComments = f"STATION{number}", f"comment {number}"
        dataset.SeriesDescription = "only one has it"
        if number == 2:
            del dataset.SeriesDescription
        save(folder / "disagreeing", str(number), dataset)
