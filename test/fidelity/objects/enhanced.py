"""Enhanced and legacy converted multi-frame images, with functional groups and dimensions."""

from __future__ import annotations

from pathlib import Path

import highdicom
import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MRImageStorage,
)

from objects.pictures import describe, grey, set_native
from objects.writing import code, instance, item, save, uid

FRAMES = 3
AXIAL = [1, 0, 0, 0, 1, 0]


def write(folder: Path) -> None:
    save(folder, "ct", enhanced(EnhancedCTImageStorage, "enhanced-ct", "CT"))
    save(folder, "mr", enhanced(EnhancedMRImageStorage, "enhanced-mr", "MR"))
    save(folder, "mr-implicit", enhanced(EnhancedMRImageStorage, "enhanced-mr-implicit", "MR"), ImplicitVRLittleEndian)
    for modality, legacy, sop_class in (
        ("CT", highdicom.legacy.LegacyConvertedEnhancedCTImage, CTImageStorage),
        ("MR", highdicom.legacy.LegacyConvertedEnhancedMRImage, MRImageStorage),
    ):
        images = slices(f"legacy-{modality}", sop_class, modality)
        converted = legacy(images, uid("legacy", modality, "series"), 2, uid("legacy", modality), 1)
        save(folder, f"legacy-converted-{modality.lower()}", converted)


def enhanced(sop_class: str, name: str, modality: str) -> Dataset:
    dataset = instance(sop_class, name, modality)
    stack = numpy.stack([numpy.roll(grey(15, 13, 12, True), frame, axis=0) for frame in range(FRAMES)])
    describe(dataset, stack[0], 12)
    set_native(dataset, stack)
    dataset.NumberOfFrames = FRAMES
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    dataset.FrameOfReferenceUID = uid(name, "frame of reference")
    organisation = uid(name, "dimensions")
    dataset.DimensionOrganizationSequence = [item(DimensionOrganizationUID=organisation)]
    dataset.DimensionIndexSequence = [
        item(DimensionOrganizationUID=organisation, DimensionIndexPointer=0x00209057, FunctionalGroupPointer=0x00209111)
    ]
    dataset.AcquisitionContextSequence = []
    dataset.SharedFunctionalGroupsSequence = [shared_groups()]
    dataset.PerFrameFunctionalGroupsSequence = [frame_groups(frame) for frame in range(FRAMES)]
    return dataset


def shared_groups() -> Dataset:
    private = item()
    block = private.private_block(0x0021, "FIDELITY GROUPS", create=True)
    block.add_new(0x01, "FD", [1.5, -2.25])
    block.add_new(0x02, "SQ", [item(CodeMeaning="within private")])
    return item(
        PixelMeasuresSequence=[item(PixelSpacing=["0.5", "0.5"], SliceThickness="2.5")],
        PlaneOrientationSequence=[item(ImageOrientationPatient=AXIAL)],
        FrameAnatomySequence=[item(FrameLaterality="U", AnatomicRegionSequence=[code("69536005", "SCT", "Head")])],
        PixelValueTransformationSequence=[item(RescaleIntercept="-1024", RescaleSlope="1", RescaleType="HU")],
        UnassignedSharedConvertedAttributesSequence=[private],
    )


def frame_groups(frame: int) -> Dataset:
    content = item(StackID="1", InStackPositionNumber=frame + 1, DimensionIndexValues=[frame + 1])
    content.FrameReferenceDateTime = f"20240229101112.{frame:06}"
    content.FrameAcquisitionDuration = 1 / 3
    return item(
        FrameContentSequence=[content],
        PlanePositionSequence=[item(ImagePositionPatient=["-10", "-10", str(frame * 2.5)])],
        FrameVOILUTSequence=[item(WindowCenter=str(40 + frame), WindowWidth="400")],
    )


def slices(name: str, sop_class: str, modality: str) -> list[Dataset]:
    """Single-frame images as a scanner makes them: what is segmented, converted and referred to."""
    images = []
    for index in range(FRAMES):
        dataset = instance(sop_class, name, modality)
        pixels = numpy.roll(grey(15, 13, 12, True), index, axis=1)
        describe(dataset, pixels, 12)
        set_native(dataset, pixels)
        dataset.SOPInstanceUID = uid(name, str(index))
        dataset.FrameOfReferenceUID = uid(name, "frame of reference")
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.InstanceNumber, dataset.AcquisitionNumber = index + 1, 1
        dataset.PositionReferenceIndicator = ""
        dataset.PixelSpacing, dataset.SliceThickness = ["0.5", "0.5"], "2.5"
        dataset.ImageOrientationPatient = AXIAL
        dataset.ImagePositionPatient = ["-10", "-10", str(index * 2.5)]
        dataset.RescaleIntercept, dataset.RescaleSlope = "-1024", "1"
        dataset.WindowCenter, dataset.WindowWidth = ["40", "50"], ["400", "80"]
        dataset.PatientAge, dataset.PatientWeight = "054Y", "70.5"
        if modality == "MR":
            dataset.ScanningSequence, dataset.SequenceVariant = "SE", "NONE"
            dataset.ScanOptions, dataset.MRAcquisitionType, dataset.EchoTime = "", "2D", "30"
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        images.append(dataset)
    return images
