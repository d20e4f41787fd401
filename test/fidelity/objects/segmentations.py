"""Segmentations and parametric maps, by highdicom and by hand."""

from __future__ import annotations

from pathlib import Path

import highdicom
import numpy
from highdicom.content import AlgorithmIdentificationSequence
from highdicom.pm import DimensionIndexSequence, ParametricMap, RealWorldValueMapping
from highdicom.seg import Segmentation, SegmentDescription
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import CTImageStorage, DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from objects.enhanced import slices
from objects.writing import save, uid


def write(folder: Path) -> None:
    sources = slices("segmented", CTImageStorage, "CT")
    mask = numpy.stack([source.pixel_array > level for source, level in zip(sources, (-500, 0, 700))])
    binary = segmentation("binary", sources, mask)
    save(folder, "binary-odd-frames", binary)
    save(folder, "binary-odd-frames-implicit", segmentation("binary-implicit", sources, mask), ImplicitVRLittleEndian)
    save(folder, "binary-deflated", segmentation("binary-deflated", sources, mask), DeflatedExplicitVRLittleEndian)
    fraction = numpy.stack([(source.pixel_array.astype("f4") + 2048) / 4095 for source in sources])
    save(folder, "fractional", segmentation("fractional", sources, fraction, "FRACTIONAL"))
    labels = mask.astype("u1") + (fraction > 0.9)
    save(folder, "labels", segmentation("labels", sources, labels, "LABELMAP", segments=2))
    packed = segmentation("fractional-rle", sources, fraction, "FRACTIONAL", syntax=RLELossless)
    packed.save_as(folder / "fractional-rle.dcm", enforce_file_format=True)
    values = numpy.stack([source.pixel_array for source in sources])
    for name, array, window in (
        ("map-float", values.astype("f4") / 3, None),
        ("map-double-float", values.astype("f8") / 3, None),
        ("map-integer", (values.astype("i4") + 2048).astype("u2"), None),
    ):
        save(folder, name, parametric_map(name, sources, array))
    special = values.astype("f4")
    special.flat[:4] = numpy.nan, numpy.inf, -numpy.inf, -0.0
    save(folder, "map-float-not-finite", parametric_map("map-float-not-finite", sources, special))


def segmentation(
    name: str,
    sources: list[Dataset],
    pixels: numpy.ndarray,
    kind: str = "BINARY",
    segments: int = 1,
    **options: object,
) -> Segmentation:
    syntax = {"transfer_syntax_uid": options["syntax"]} if "syntax" in options else {}
    algorithm = AlgorithmIdentificationSequence("Threshold", codes.cid7162.ArtificialIntelligence, "1")
    descriptions = [
        SegmentDescription(
            number, f"Part {number}", codes.SCT.Tissue, codes.SCT.Organ, "AUTOMATIC", algorithm, tracking_uid=uid(name, str(number)), tracking_id="t"
        )
        for number in range(1, segments + 1)
    ]
    return Segmentation(
        sources, pixels, kind, descriptions, uid(name, "series"), 2, uid(name), 1, "Generated", "Fidelity", "1", "0", **syntax
    )


def parametric_map(name: str, sources: list[Dataset], pixels: numpy.ndarray) -> ParametricMap:
    is_float = pixels.dtype.kind == "f"
    low, high = (-1e9, 1e9) if is_float else (0, 4095)
    mapping = RealWorldValueMapping("1", "a map", codes.UCUM.NoUnits, (low, high), 0, 1)
    return ParametricMap(
        sources, pixels, uid(name, "series"), 2, uid(name), 1, "Generated", "Fidelity", "1", "0",
        contains_recognizable_visual_features=False,
        real_world_value_mappings=[mapping],
        window_center=0, window_width=100,
    )
