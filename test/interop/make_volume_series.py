"""Writes series whose geometry is not that of most. Usage: make_volume_series.py FOLDER.

Each series is a folder of DICOM files. A voxel tells where it is. Prints JSON: a list of {"name", "files"}.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

ROWS, COLUMNS = 6, 9
CLASSES = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "PT": "1.2.840.10008.5.1.4.1.1.128",
    "EnhancedMR": "1.2.840.10008.5.1.4.1.1.4.1",
    "RTDOSE": "1.2.840.10008.5.1.4.1.1.481.2",
}
AXIAL = [1, 0, 0, 0, 1, 0]


def main() -> None:
    root = Path(sys.argv[1])
    listed = []
    for number, (name, images) in enumerate(all_series().items()):
        folder = root / name
        folder.mkdir(parents=True)
        files = []
        for index, image in enumerate(images):
            path = folder / f"{index}.dcm"
            write(path, image, number + 1, index + 1)
            files.append(str(path))
        listed.append({"name": name, "files": files})
    json.dump(listed, sys.stdout)


def all_series() -> dict[str, list[Dataset]]:
    turned = [0.8, 0.6, 0, 0.36, -0.48, -0.8]  # the normal is (-0.48, 0.64, -0.6)
    cosine = math.cos(math.radians(20))
    sine = math.sin(math.radians(20))
    return {
        "axial": slices("CT", stack(5, (-10, -20, 30), (0, 0, 2.5))),
        "downwards": slices("CT", stack(5, (-10, -20, 30), (0, 0, -2.5))),
        "sagittal": slices("MR", stack(4, (5, -20, 30), (3, 0, 0)), [0, 1, 0, 0, 0, -1]),
        "oblique": slices("MR", stack(4, (1, 2, 3), (-0.96, 1.28, -1.2)), turned),
        "tilted": slices("CT", stack(4, (0, 0, 0), (0, 0, 2)), [1, 0, 0, 0, cosine, -sine], GantryDetectorTilt=20),
        "gapped": slices("CT", [position for k, position in enumerate(stack(8, (0, 0, 0), (0, 0, 2))) if k != 4]),
        "rescaled": slices("CT", stack(3, (0, 0, 0), (0, 0, 2)), RescaleSlope=0.5, RescaleIntercept=-100),
        "pet": [
            changed(image, RescaleSlope=0.25 * (index + 1), Units="BQML")
            for index, image in enumerate(slices("PT", stack(4, (0, 0, 0), (0, 0, 2))))
        ],
        "times": [
            changed(image, TemporalPositionIdentifier=time + 1, AcquisitionNumber=time + 1, AcquisitionTime=f"1200{time:02}")
            for time in range(3)
            for image in slices("MR", stack(4, (0, 0, 0), (0, 0, 3)), base=100 * time)
        ],
        "enhanced": [enhanced(stack(5, (7, 8, 9), (0, 0, 1.5)))],
        "dose": [dose(4)],
        "colours": [
            changed(image, SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=0, BitsAllocated=8, BitsStored=8, HighBit=7,
                    PixelRepresentation=0, PixelData=(numpy.arange(ROWS * COLUMNS * 3) + 7 * index).astype(numpy.uint8).tobytes())
            for index, image in enumerate(slices("MR", stack(3, (0, 0, 0), (0, 0, 2))))
        ],
    }


def stack(count: int, origin: tuple, step: tuple) -> list[list[float]]:
    return [[o + k * s for o, s in zip(origin, step)] for k in range(count)]


def slices(modality: str, positions: list, orientation: list = AXIAL, base: int = 0, **attributes) -> list[Dataset]:
    made = []
    for k, position in enumerate(positions):
        ds = image(CLASSES[modality], modality, ramp(base + 1000 * k))
        ds.ImagePositionPatient = [f"{value:.10g}" for value in position]
        ds.ImageOrientationPatient = [f"{value:.10g}" for value in orientation]
        ds.PixelSpacing = [0.5, 0.75]
        ds.SliceThickness = 2
        ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        if modality == "CT":
            ds.RescaleSlope, ds.RescaleIntercept = 1, -1024
        made.append(changed(ds, **attributes))
    return made


def ramp(base: int) -> numpy.ndarray:
    rows, columns = numpy.mgrid[:ROWS, :COLUMNS]
    return (base + 20 * rows + columns).astype(numpy.int16)


def image(sop_class: str, modality: str, voxels: numpy.ndarray) -> Dataset:
    ds = Dataset()
    ds.SOPClassUID = sop_class
    ds.Modality = modality
    ds.Rows, ds.Columns = ROWS, COLUMNS
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 16
    ds.HighBit = 15
    ds.PixelRepresentation = 1 if voxels.dtype == numpy.int16 else 0
    ds.PixelData = voxels.tobytes()
    return ds


def changed(ds: Dataset, **attributes) -> Dataset:
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    return ds


def enhanced(positions: list) -> Dataset:
    order = [2, 0, 4, 1, 3]
    ds = image(CLASSES["EnhancedMR"], "MR", numpy.stack([ramp(1000 * k) for k in order]))
    ds.NumberOfFrames = len(positions)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    shared = Dataset()
    shared.PlaneOrientationSequence = [changed(Dataset(), ImageOrientationPatient=AXIAL)]
    shared.PixelMeasuresSequence = [changed(Dataset(), PixelSpacing=[0.5, 0.75], SliceThickness=1.5)]
    transformation = changed(Dataset(), RescaleSlope=2, RescaleIntercept=0, RescaleType="US")
    shared.PixelValueTransformationSequence = [transformation]
    ds.SharedFunctionalGroupsSequence = [shared]
    ds.PerFrameFunctionalGroupsSequence = [
        changed(
            Dataset(),
            PlanePositionSequence=[changed(Dataset(), ImagePositionPatient=positions[k])],
            FrameContentSequence=[changed(Dataset(), StackID="1", InStackPositionNumber=k + 1, DimensionIndexValues=[k + 1])],
        )
        for k in order
    ]
    return ds


def dose(frames: int) -> Dataset:
    ds = image(CLASSES["RTDOSE"], "RTDOSE", numpy.stack([ramp(1000 * k).astype(numpy.uint16) for k in range(frames)]))
    ds.NumberOfFrames = frames
    ds.ImagePositionPatient = [1, 2, 3]
    ds.ImageOrientationPatient = AXIAL
    ds.PixelSpacing = [0.5, 0.75]
    ds.GridFrameOffsetVector = [2.0 * k for k in range(frames)]
    ds.FrameIncrementPointer = 0x3004000C
    ds.DoseGridScaling = "0.001"
    ds.DoseUnits, ds.DoseType, ds.DoseSummationType = "GY", "PHYSICAL", "PLAN"
    return ds


def write(path: Path, ds: Dataset, series: int, instance: int) -> None:
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "Volume^Test", "V1", "", ""
    ds.StudyInstanceUID = "1.2.826.0.1.3680043.10.543.1"
    ds.SeriesInstanceUID = f"1.2.826.0.1.3680043.10.543.1.{series}"
    ds.SOPInstanceUID = f"{ds.SeriesInstanceUID}.{instance}"
    ds.FrameOfReferenceUID = "1.2.826.0.1.3680043.10.543.2"
    ds.StudyDate, ds.StudyTime, ds.StudyID, ds.AccessionNumber = "20260101", "120000", "1", ""
    ds.SeriesNumber, ds.InstanceNumber = series, instance
    ds.Manufacturer, ds.ReferringPhysicianName = "", ""
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(path, enforce_file_format=True)


if __name__ == "__main__":
    main()
