"""RT plan, structure set and dose."""

from __future__ import annotations

from pathlib import Path

import numpy
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ImplicitVRLittleEndian, RTDoseStorage, RTPlanStorage, RTStructureSetStorage

from objects.pictures import describe, grey, set_native
from objects.writing import instance, item, save, uid


def write(folder: Path) -> None:
    save(folder, "structures", structures("structures"))
    save(folder, "structures-implicit", structures("structures-implicit"), ImplicitVRLittleEndian)
    save(folder, "plan", plan())
    for bits in (16, 32):
        for syntax, suffix in ((None, ""), (ImplicitVRLittleEndian, "-implicit")):
            name = f"dose-{bits}{suffix}"
            save(folder, name, dose(name, bits), *([syntax] if syntax else []))


def structures(name: str) -> Dataset:
    dataset = instance(RTStructureSetStorage, name, "RTSTRUCT")
    frame = uid(name, "frame of reference")
    dataset.StructureSetLabel, dataset.StructureSetDate, dataset.StructureSetTime = "LABEL", "20240229", "1011"
    slices = [item(ReferencedSOPClassUID=CTImageStorage, ReferencedSOPInstanceUID=uid(name, str(i))) for i in range(4)]
    series = item(SeriesInstanceUID=uid(name, "ct"), ContourImageSequence=slices)
    study = item(ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.1", ReferencedSOPInstanceUID=uid(name, "ct study"))
    study.RTReferencedSeriesSequence = [series]
    dataset.ReferencedFrameOfReferenceSequence = [item(FrameOfReferenceUID=frame, RTReferencedStudySequence=[study])]
    dataset.StructureSetROISequence = [
        item(ROINumber=1, ReferencedFrameOfReferenceUID=frame, ROIName="Lung", ROIGenerationAlgorithm=""),
        item(ROINumber=2, ReferencedFrameOfReferenceUID=frame, ROIName="Empty", ROIGenerationAlgorithm="MANUAL"),
    ]
    contours = []
    for index, length in enumerate((3, 40, 11_000)):  # the longest needs more than 64 KiB
        points = numpy.round(numpy.arange(length * 3) * 1.37 - 99.9, 2)
        contours.append(
            item(
                ContourImageSequence=[slices[index]],
                ContourGeometricType="CLOSED_PLANAR",
                NumberOfContourPoints=length,
                ContourData=[f"{value:.2f}" for value in points],
            )
        )
    dataset.ROIContourSequence = [
        item(ROIDisplayColor=[255, 0, 0], ContourSequence=contours, ReferencedROINumber=1),
        item(ContourSequence=[], ReferencedROINumber=2),
    ]
    dataset.RTROIObservationsSequence = [
        item(ObservationNumber=1, ReferencedROINumber=1, RTROIInterpretedType="ORGAN", ROIInterpreter="A^B")
    ]
    if not name.endswith("implicit"):  # Explicit VR has no room for a text of 64 KiB
        contours[-1]["ContourData"].value = contours[-1].ContourData[: 3 * 2500]
    return dataset


def plan() -> Dataset:
    dataset = instance(RTPlanStorage, "plan", "RTPLAN")
    dataset.RTPlanLabel, dataset.RTPlanDate, dataset.RTPlanTime = "PLAN", "20240229", "101112"
    dataset.RTPlanGeometry = "PATIENT"
    positions = item(RTBeamLimitingDeviceType="MLCX", LeafJawPositions=[str(p / 2) for p in range(-60, 60)])
    points = [
        item(ControlPointIndex=0, NominalBeamEnergy="6", BeamLimitingDevicePositionSequence=[positions]),
        item(ControlPointIndex=1, CumulativeMetersetWeight="1"),
    ]
    points[0].CumulativeMetersetWeight = "0"
    points[0].IsocenterPosition = ["0.10", "-1e-05", "+3.5"]
    dataset.BeamSequence = [
        item(
            BeamNumber=1,
            BeamName="B1",
            BeamType="STATIC",
            RadiationType="PHOTON",
            SourceAxisDistance="1000.0",
            NumberOfControlPoints=2,
            FinalCumulativeMetersetWeight="1.0000",
            BeamLimitingDeviceSequence=[item(RTBeamLimitingDeviceType="MLCX", NumberOfLeafJawPairs=60)],
            ControlPointSequence=points,
        )
    ]
    dataset.FractionGroupSequence = [
        item(FractionGroupNumber=1, NumberOfFractionsPlanned=30, NumberOfBeams=1, NumberOfBrachyApplicationSetups=0)
    ]
    return dataset


def dose(name: str, bits: int) -> Dataset:
    dataset = instance(RTDoseStorage, name, "RTDOSE")
    grids = numpy.stack([grey(7, 9, bits), grey(7, 9, bits)[::-1]])
    describe(dataset, grids[0])
    set_native(dataset, grids)
    dataset.NumberOfFrames = 2
    dataset.FrameIncrementPointer = 0x3004000C
    dataset.GridFrameOffsetVector = ["0", "2.5"]
    dataset.DoseUnits, dataset.DoseType, dataset.DoseSummationType = "GY", "PHYSICAL", "PLAN"
    dataset.DoseGridScaling = "2.3283064365387e-10"
    dataset.PixelSpacing = ["2.5", "2.5"]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.ImagePositionPatient = ["-1", "-2", "-3"]
    dataset.FrameOfReferenceUID = uid(name, "frame of reference")
    dataset.DVHSequence = [
        item(DVHType="CUMULATIVE", DoseUnits="GY", DVHDoseScaling="1", DVHNumberOfBins=2, DVHData=["0.1", "99.5", "0.1", "3"])
    ]
    return dataset
