"""What the subjects share: a data set with all that a data store requires, and its way into a file."""

from __future__ import annotations

import subprocess
from pathlib import Path

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid


def uid(*parts: str) -> UID:
    """The same UID for the same words."""
    return generate_uid(entropy_srcs=["ahi-dicom fidelity", *parts])


def instance(sop_class: UID, name: str, modality: str = "OT") -> Dataset:
    """A data set of the patient, study and series modules. Each name is a study of its own."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = uid(name, "instance")
    dataset.StudyDate, dataset.StudyTime = "20240229", "101112"
    dataset.ContentDate, dataset.ContentTime = "20240229", "101113.5"
    dataset.AccessionNumber = "A1"
    dataset.Modality = modality
    dataset.Manufacturer = "Generated"
    dataset.ReferringPhysicianName = ""
    dataset.PatientName, dataset.PatientID = "Fidelity^Generated", "F1"
    dataset.PatientBirthDate, dataset.PatientSex = "19700101", "O"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = uid(name, "study"), uid(name, "series")
    dataset.StudyID, dataset.SeriesNumber, dataset.InstanceNumber = "S1", 1, 1
    return dataset


def item(**attributes: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def code(value: str, scheme: str, meaning: str) -> Dataset:
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def save(folder: Path, name: str, dataset: Dataset, syntax: UID = ExplicitVRLittleEndian) -> Path:
    """Writes a Part 10 file."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    path = folder / f"{name}.dcm"
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True)
    return path


def set_bytes(dataset: Dataset, attribute: str | int, vr: str, value: bytes, syntax: UID = ExplicitVRLittleEndian) -> None:
    """Sets a value as its bytes: what pydicom would not encode, or not in this way. The file is one of save_as_is()."""
    tag = Tag(attribute)
    data = value + b" " * (len(value) % 2)
    dataset[tag] = RawDataElement(tag, vr, len(data), data, 0, syntax.is_implicit_VR, True)


def save_as_is(folder: Path, name: str, dataset: Dataset, syntax: UID = ExplicitVRLittleEndian) -> Path:
    """Writes a file whose values set as bytes stay so."""
    keep_bytes(dataset, syntax)
    return save(folder, name, dataset, syntax)


def keep_bytes(dataset: Dataset, syntax: UID) -> None:
    """pydicom converts the values of a data set unless it believes that it has read them in the encoding it writes."""
    dataset.set_original_encoding(syntax.is_implicit_VR, syntax.is_little_endian, dataset._character_set)
    for tag in dataset.keys():
        if dataset.get_item(tag).VR == "SQ":
            for nested in dataset[tag].value:
                keep_bytes(nested, syntax)


def save_encoded(folder: Path, name: str, dataset: Dataset, syntax: UID, frames: list[bytes]) -> Path:
    """Writes a file whose frames are code streams, one fragment a frame."""
    dataset.PixelData = encapsulate(frames)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    if len(frames) > 1:
        dataset.NumberOfFrames = len(frames)
    return save(folder, name, dataset, syntax)


def run(*command: object) -> None:
    """Runs a program; its complaint is the error's text."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr}{done.stdout}")
