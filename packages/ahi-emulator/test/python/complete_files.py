"""Adds the attributes that an import requires to DICOM files that lack them, so that their pixels can be tested.

Arguments: a folder to write to, then files. Only missing UIDs and file meta information are added.
"""

import pathlib
import sys
import warnings

import pydicom
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLSLossless, JPEGLSNearLossless

warnings.simplefilter("ignore")
pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
REQUIRED = {
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.7",
    "SOPInstanceUID": "2.25.1",
    "StudyInstanceUID": "2.25.2",
    "SeriesInstanceUID": "2.25.3",
}


def missing_syntax(dataset, name):
    if "PixelData" in dataset and dataset["PixelData"].is_undefined_length:
        return JPEGLSLossless if "JLSL" in name else JPEGLSNearLossless
    implicit, little_endian = dataset.original_encoding
    if implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if little_endian else ExplicitVRBigEndian


folder = pathlib.Path(sys.argv[1])
for name in sys.argv[2:]:
    dataset = pydicom.dcmread(name, force=True)
    for keyword, uid in REQUIRED.items():
        if not str(dataset.get(keyword) or "").replace(".", "").isdigit():
            setattr(dataset, keyword, uid)
    if "TransferSyntaxUID" not in dataset.file_meta:
        dataset.file_meta.TransferSyntaxUID = missing_syntax(dataset, name)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.save_as(folder / pathlib.Path(name).name, enforce_file_format=True)
print("null")
