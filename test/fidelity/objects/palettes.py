"""PALETTE COLOR: tables of 8 and 16 bits, segmented tables, 16-bit indices, palettes beside a monochrome image."""

from __future__ import annotations

from pathlib import Path

import numpy
from pydicom.dataset import Dataset
from pydicom.uid import ImplicitVRLittleEndian

from objects.pictures import grey, image
from objects.writing import save, uid


def write(folder: Path) -> None:
    eight = image("8-bit", grey(15, 15), photometric="PALETTE COLOR")
    set_tables(eight, entries=256, bits=8)
    save(folder, "8-bit", eight)
    sixteen = image("16-bit", grey(15, 16, 16), photometric="PALETTE COLOR")
    set_tables(sixteen, entries=0x10000, bits=16)
    sixteen.PaletteColorLookupTableUID = uid("palette")
    save(folder, "16-bit", sixteen)
    offset = image("first-mapped-negative", grey(15, 15, 8, True), photometric="PALETTE COLOR")
    set_tables(offset, entries=256, bits=16, first=-128)
    save(folder, "first-mapped-negative", offset)
    save(folder, "segmented", segmented("segmented"))
    save(folder, "segmented-implicit", segmented("segmented-implicit"), ImplicitVRLittleEndian)
    supplemental = image("supplemental", grey(15, 15, 12), 12)
    supplemental.PixelPresentation = "COLOR"
    set_tables(supplemental, entries=64, bits=16, first=4032)
    save(folder, "supplemental", supplemental)


def set_tables(dataset: Dataset, entries: int, bits: int, first: int = 0) -> None:
    steps = numpy.linspace(0, (1 << bits) - 1, entries)
    for colour, values in (("Red", steps), ("Green", steps[::-1]), ("Blue", (steps * 7) % (1 << bits))):
        set_descriptor(dataset, colour, [entries % 0x10000, first, bits])
        table = values.astype("u1" if bits == 8 else "<u2").tobytes()
        setattr(dataset, f"{colour}PaletteColorLookupTableData", table)


def set_descriptor(dataset: Dataset, colour: str, values: list[int]) -> None:
    keyword = f"{colour}PaletteColorLookupTableDescriptor"
    setattr(dataset, keyword, values)
    dataset[keyword].VR = "SS" if values[1] < 0 else "US"


def segmented(name: str) -> Dataset:
    """Discrete, linear and indirect segments (PS3.3 C.7.9.2)."""
    dataset = image(name, grey(15, 15), photometric="PALETTE COLOR")
    discrete, linear = [0, 2, 0, 0x1000], [1, 126, 0xFFFF]
    repeat = [2, 2, 0, 0]
    for colour in ("Red", "Green", "Blue"):
        set_descriptor(dataset, colour, [256, 0, 16])
        data = numpy.array(discrete + linear + repeat, "<u2").tobytes()
        setattr(dataset, f"Segmented{colour}PaletteColorLookupTableData", data)
    return dataset
