"""Overlays and curves: the repeating groups 60xx and 50xx, and overlays in unused bits of the pixels."""

from __future__ import annotations

from pathlib import Path

import numpy
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from objects.pictures import grey, image
from objects.writing import save


def write(folder: Path) -> None:
    for name, syntax in (("overlays", None), ("overlays-implicit", ImplicitVRLittleEndian), ("overlays-big-endian", ExplicitVRBigEndian)):
        dataset = image(name, grey(15, 17))
        for group in range(0x6000, 0x6020, 2):
            add_overlay(dataset, group)
        save(folder, name, dataset, *([syntax] if syntax else []))
    pixels = grey(15, 16, 12) | (numpy.indices((15, 16)).sum(axis=0) % 2 << 12).astype("u2")
    embedded = image("overlay-in-pixels", pixels, 12)
    add_overlay(embedded, 0x6000, bit_position=12)
    save(folder, "overlay-in-pixels", embedded)
    signed = image("overlay-in-signed-pixels", pixels.view("i2"), 12)
    add_overlay(signed, 0x6000, bit_position=12)
    save(folder, "overlay-in-signed-pixels", signed)
    for name, syntax in (("curves", None), ("curves-implicit", ImplicitVRLittleEndian)):
        dataset = image(name, grey(15, 17))
        for group in (0x5000, 0x5002, 0x501E):
            add_curve(dataset, group)
        save(folder, name, dataset, *([syntax] if syntax else []))
    frames = image("overlay-frames", grey(15, 17))
    frames.PixelData, frames.NumberOfFrames = frames.PixelData[:255] * 2, 2
    add_overlay(frames, 0x6002, frame_count=2)
    save(folder, "overlay-frames", frames)


def add_overlay(dataset: Dataset, group: int, bit_position: int = 0, frame_count: int = 0) -> None:
    rows, columns = dataset.Rows, dataset.Columns
    add = lambda element, vr, value: dataset.add_new(group << 16 | element, vr, value)
    add(0x0010, "US", rows)
    add(0x0011, "US", columns)
    if frame_count:
        add(0x0015, "IS", str(frame_count))
        add(0x0051, "US", 1)
    add(0x0022, "LO", f"Overlay of group {group:04X}")
    add(0x0040, "CS", "G" if group % 4 == 0 else "R")
    add(0x0050, "SS", [1, -2])
    add(0x0100, "US", 16 if bit_position else 1)
    add(0x0102, "US", bit_position)
    add(0x1301, "IS", "12")
    add(0x1302, "DS", "3.50")
    add(0x1500, "LO", "A label")
    if not bit_position:
        bits = (numpy.arange(rows * columns * max(frame_count, 1)) * 2654435761 >> (group & 0xF) & 1).astype("u1")
        data = numpy.packbits(bits, bitorder="little").tobytes()
        add(0x3000, "OW", data + b"\0" * (len(data) % 2))


def add_curve(dataset: Dataset, group: int) -> None:
    add = lambda element, vr, value: dataset.add_new(group << 16 | element, vr, value)
    add(0x0005, "US", 2)
    add(0x0010, "US", 5)
    add(0x0020, "CS", "PROF")
    add(0x0022, "LO", f"Curve of group {group:04X}")
    add(0x0030, "SH", ["DPPS", "BPM"])
    add(0x0103, "US", 0)
    add(0x0110, "US", [0, 1])
    add(0x0112, "US", [0])
    add(0x0114, "US", [1])
    add(0x3000, "OW", numpy.arange(10, dtype="<u2").tobytes())
