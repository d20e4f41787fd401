"""Private blocks, sequences, UN, and what no dictionary knows."""

from __future__ import annotations

from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.uid import ImplicitVRLittleEndian

from objects.pictures import grey, image
from objects.writing import item, save


def write(folder: Path) -> None:
    for name, syntax in (("blocks", None), ("blocks-implicit", ImplicitVRLittleEndian)):
        dataset = image(name, grey(9, 8))
        add_blocks(dataset)
        save(folder, name, dataset, *([syntax] if syntax else []))
    unknown(folder)
    large(folder)
    conflicting(folder)


def add_blocks(dataset: Dataset) -> None:
    first = dataset.private_block(0x0019, "FIDELITY FIRST", create=True)
    first.add_new(0x01, "LO", ["one", "", "three"])
    first.add_new(0x02, "DS", ["1.50", "-0", "1e3"])
    first.add_new(0x03, "IS", "+12")
    first.add_new(0x04, "OB", bytes(range(8)))
    first.add_new(0x05, "US", [1, 2, 65535])
    first.add_new(0x06, "SS", -1)
    first.add_new(0x07, "FD", 0.1)
    first.add_new(0x08, "AT", [0x00100010, 0x7FE00010])
    first.add_new(0x09, "PN", "Private^Name=Second")
    first.add_new(0x0A, "UT", "long text " * 500)
    first.add_new(0x0B, "UI", "1.2.3")
    first.add_new(0x0C, "LO", "")
    first.add_new(0x0D, "SQ", [])
    second = dataset.private_block(0x0019, "FIDELITY SECOND", create=True)
    second.add_new(0x01, "FL", [1.5, 2.25])
    second.add_new(0xFF, "SH", "last element")
    inner = item(CodeMeaning="public in private")
    own = inner.private_block(0x0019, "FIDELITY SECOND", create=True)
    own.add_new(0x01, "FL", 3.5)
    deeper = item()
    deeper.private_block(0x7001, "FIDELITY DEEP", create=True).add_new(0x10, "OW", b"\1\2\3\4")
    own.add_new(0x02, "SQ", [deeper, Dataset()])
    second.add_new(0x02, "SQ", [inner, inner])
    dataset.private_block(0x7FE1, "FIDELITY LAST", create=True).add_new(0x10, "LO", "behind the pixels")


def unknown(folder: Path) -> None:
    """UN: private, public, a tag that is not in the dictionary, a private tag without creator."""
    dataset = image("unknown", grey(9, 8))
    block = dataset.private_block(0x0021, "FIDELITY UNKNOWN", create=True)
    block.add_new(0x01, "UN", b"\0\1\2\xff")
    block.add_new(0x02, "UN", b"text ")
    block.add_new(0x03, "UN", b"")
    dataset.add_new(0x00080070, "UN", b"Manufacturer")
    dataset.add_new(0x00181250, "UN", b"COIL")
    dataset.add_new(0x00289999, "UN", b"\1\2")
    dataset.add_new(0x0028FFF0, "LO", "no such attribute")
    dataset.add_new(0x00231001, "LO", "without creator")
    dataset.add_new(0x00080001, "UL", 0)  # retired Length to End
    save(folder, "unknown", dataset)


def large(folder: Path) -> None:
    """Binary values above 1 MB, which AHI stores apart."""
    dataset = image("above-1-mb", grey(9, 8))
    block = dataset.private_block(0x0029, "FIDELITY LARGE", create=True)
    block.add_new(0x01, "OB", bytes(range(256)) * 4500)
    block.add_new(0x02, "OW", bytes(range(255, -1, -1)) * 4500)
    block.add_new(0x03, "UN", b"unknown " * 150_000)
    block.add_new(0x04, "UT", "text " * 250_000)
    save(folder, "above-1-mb", dataset)
    save(folder, "above-1-mb-implicit", dataset, ImplicitVRLittleEndian)


def conflicting(folder: Path) -> None:
    """One private tag with several VRs in one file, and with several creators."""
    dataset = image("conflicting", grey(9, 8))
    dataset.private_block(0x0031, "FIDELITY ONE", create=True).add_new(0x01, "LO", "text")
    other = item()
    other.private_block(0x0031, "FIDELITY TWO", create=True).add_new(0x01, "FD", 2.5)
    third = item()
    third.private_block(0x0031, "FIDELITY THREE", create=True).add_new(0x01, "SQ", [item(CodeMeaning="x")])
    dataset.RequestAttributesSequence = [other, third]
    save(folder, "conflicting", dataset)
