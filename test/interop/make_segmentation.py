"""Writes a segmentation with highdicom. Usage: make_segmentation.py FOLDER.

Two segments in some of the slices of an oblique series; slices without a segment have no frame. Prints JSON: `files`, and
what highdicom makes a volume of: `voxels` (slices, rows, columns), `affine` (LPS, of these indexes), `labels`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import highdicom
import numpy
from pydicom.sr.codedict import codes

from make_volume_series import slices, stack, write

TURNED = [0.8, 0.6, 0, 0.36, -0.48, -0.8]


def main() -> None:
    root = Path(sys.argv[1])
    images = slices("CT", stack(7, (1, 2, 3), (-0.96, 1.28, -1.2)), TURNED)
    for index, image in enumerate(images):
        write(root / f"source-{index}.dcm", image, 90, index + 1)
    labels = numpy.zeros((7, images[0].Rows, images[0].Columns), numpy.uint8)
    labels[1, 1:4, 2:7] = 1
    labels[1, 4:, :3] = 2
    labels[2, 2, 2] = 1
    labels[5, :2, 4:] = 2
    segmentation = highdicom.seg.Segmentation(
        source_images=images,
        pixel_array=labels,
        segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[describe(1, "Liver", codes.SCT.Liver), describe(2, "Spleen", codes.SCT.Spleen)],
        series_instance_uid="1.2.826.0.1.3680043.10.543.1.91",
        series_number=91,
        sop_instance_uid="1.2.826.0.1.3680043.10.543.1.91.1",
        instance_number=1,
        manufacturer="Test",
        manufacturer_model_name="Test",
        software_versions="1",
        device_serial_number="1",
    )
    path = root / "segmentation.dcm"
    segmentation.save_as(path)
    volume = highdicom.seg.segread(path).get_volume(combine_segments=True)
    result = {
        "files": [str(path)],
        "voxels": volume.array.tolist(),
        "affine": volume.affine.tolist(),
        "labels": [segment.SegmentLabel for segment in segmentation.SegmentSequence],
    }
    json.dump(result, sys.stdout)


def describe(number: int, label: str, code) -> highdicom.seg.SegmentDescription:
    return highdicom.seg.SegmentDescription(
        segment_number=number,
        segment_label=label,
        segmented_property_category=codes.SCT.Organ,
        segmented_property_type=code,
        algorithm_type=highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
    )


main()
