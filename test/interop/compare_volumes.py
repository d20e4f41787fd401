"""Compares NIfTI files with what SimpleITK and dcm2niix make of the same series. Usage: compare_volumes.py WORK_LIST.

The work list is JSON: a list of {"name", "files", "volumes"}: DICOM files of one series, and the NIfTI files that we made of it. Prints JSON: for each name, `SimpleITK` and `dcm2niix`: a list with one text for each of our volumes: `equal`
if a volume of theirs has the same voxels at the same places, else what differs. Axes may be reversed or exchanged.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import nibabel
import numpy
import SimpleITK

warnings.simplefilter("ignore")
SimpleITK.ProcessObject.GlobalWarningDisplayOff()

# Headers of NIfTI-1 are float32: 0.001 mm at 1000 mm.
MILLIMETRES = 2e-3


def main() -> None:
    work = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(compare, work))
    json.dump({item["name"]: result for item, result in zip(work, results)}, sys.stdout)


def compare(item: dict) -> dict:
    ours = [load(path) for path in item["volumes"]]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source")
        source.mkdir()
        for index, path in enumerate(item["files"]):
            source.joinpath(f"{index:04}.dcm").symlink_to(path)
        others = {"SimpleITK": by_simpleitk(source), "dcm2niix": by_dcm2niix(source, folder)}
    return {name: [best(volume, theirs) for volume in ours] for name, theirs in others.items()}


class Volume(NamedTuple):
    """Voxels by index, real-world and stored, and the affine (RAS)."""

    voxels: numpy.ndarray
    stored: numpy.ndarray
    affine: numpy.ndarray


def load(path: str | Path) -> Volume:
    image = nibabel.load(path)
    unscaled = numpy.asanyarray(image.dataobj.get_unscaled())
    if unscaled.dtype.names is not None:
        colours = unscaled.copy().view(numpy.uint8).reshape(*unscaled.shape, 3).astype(numpy.float64)
        return Volume(colours, colours, image.affine)
    scaled = numpy.asanyarray(image.dataobj).astype(numpy.float64)
    return Volume(scaled, unscaled.astype(numpy.float64), image.affine)


def by_simpleitk(source: Path) -> list:
    found = []
    reader = SimpleITK.ImageSeriesReader
    try:
        series = [reader.GetGDCMSeriesFileNames(str(source), uid) for uid in reader.GetGDCMSeriesIDs(str(source))]
    except RuntimeError:
        return ["cannot read"]
    # It does not look for images that are no slices of the others: those are compared one by one.
    singles = [[str(path)] for path in sorted(source.iterdir())]
    for files in [*series, *singles]:
        try:
            found.append(read_by_simpleitk(files))
        except RuntimeError:
            found.append("cannot read")
    return found


def read_by_simpleitk(files: list[str]) -> Volume:
    image = SimpleITK.ReadImage(files if len(files) > 1 else files[0])
    voxels = SimpleITK.GetArrayFromImage(image).astype(numpy.float64)
    dimension = image.GetDimension()
    affine = numpy.eye(4)
    direction = numpy.array(image.GetDirection()).reshape(dimension, dimension)[:3, :3]
    affine[:3, :3] = direction * numpy.array(image.GetSpacing())[:3]
    affine[:3, 3] = image.GetOrigin()[:3]
    # From the order of memory to that of indexes, and from LPS to RAS.
    voxels = voxels.transpose([*reversed(range(dimension)), *range(dimension, voxels.ndim)])
    return Volume(voxels, voxels, numpy.diag([-1, -1, 1, 1]) @ affine)


def by_dcm2niix(source: Path, folder: str) -> list:
    out = Path(folder, "out")
    out.mkdir()
    command = ["dcm2niix", "-b", "n", "-z", "n", "-m", "n", "-f", "%s_%t", "-o", str(out), str(source)]
    subprocess.run(command, capture_output=True, timeout=60, check=False)
    return [load(path) for path in sorted(out.glob("*.nii"))]


def best(volume: Volume, theirs: list) -> str:
    """Returns `equal`, and in what sense, if one of their volumes is; else the difference from the first one."""
    differences = [one if isinstance(one, str) else difference(volume, one) for one in theirs]
    equal = sorted((text for text in differences if text.startswith("equal")), key=len)
    return (equal + differences + ["no volume"])[0]


def difference(volume: Volume, other: Volume) -> str:
    theirs, affine = aligned(other, volume.affine)
    ours = volume.voxels
    if affine is None:
        return "other axes"
    if theirs.ndim != ours.ndim:  # a fourth axis of 1
        theirs = theirs.reshape(theirs.shape + (1,) * (ours.ndim - theirs.ndim))
    if theirs.shape != ours.shape:
        return f"shape {list(theirs.shape)}, not {list(ours.shape)}"
    notes = []
    if ours.shape[2] == 1 and numpy.abs(affine - volume.affine)[:3, 2].max() > MILLIMETRES:
        affine[:, 2] = volume.affine[:, 2]
        notes.append("but for the thickness of its slice")
    corners = numpy.array(
        [[i, j, k, 1] for i in (0, ours.shape[0] - 1) for j in (0, ours.shape[1] - 1) for k in (0, ours.shape[2] - 1)]
    )
    away = float(numpy.abs((affine - volume.affine) @ corners.T).max())
    if away > MILLIMETRES:
        return f"{away:.3g} mm apart"
    if numpy.abs(affine - volume.affine).max() > MILLIMETRES:
        return "other spacing"
    if is_close(theirs, ours):
        return ", ".join(["equal", *notes])
    if is_close(theirs, volume.stored):
        return ", ".join(["equal", "as stored values", *notes])
    if is_close(theirs, 255 * ours):
        return ", ".join(["equal", "as 0 and 255", *notes])
    return f"voxels up to {float(numpy.abs(theirs - ours).max()):.3g} apart"


def aligned(other: Volume, affine: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray | None]:
    """Turns a volume so that its axes point as those of an affine do."""
    mapping = numpy.linalg.inv(affine) @ other.affine
    mapping = mapping / numpy.linalg.norm(mapping[:3, :3], axis=0).max()
    axes = [int(axis) for axis in numpy.argmax(numpy.abs(mapping[:3, :3] * numpy.linalg.norm(affine[:3, :3], axis=0)[:, None]), axis=0)]
    if sorted(axes) != [0, 1, 2]:
        return other.voxels, None
    signs = [mapping[axes[axis], axis] for axis in range(3)]
    flipped = other.voxels[tuple(slice(None, None, -1 if sign < 0 else 1) for sign in signs)]
    turned = flipped.transpose([axes.index(axis) for axis in range(3)] + list(range(3, other.voxels.ndim)))
    result = numpy.eye(4)
    result[:3, 3] = other.affine[:3, 3]
    for axis, sign in enumerate(signs):
        step = other.affine[:3, axis]
        result[:3, axes[axis]] = step if sign > 0 else -step
        if sign < 0:
            result[:3, 3] += step * (other.voxels.shape[axis] - 1)
    return turned, result


def is_close(a: numpy.ndarray, b: numpy.ndarray) -> bool:
    # Slopes of NIfTI-1 are float32.
    return bool(numpy.abs(a - b).max() <= 1e-6 * max(1.0, float(numpy.abs(b).max())))


main()
