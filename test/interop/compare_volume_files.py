"""Compares the files that an export makes of the same volumes. Usage: compare_volume_files.py FOLDER...

Reads `X.nii` with nibabel, and compares `X.nii.gz`, `X.npz` (NumPy) and `X.zarr` (zarr-python) with it: stored voxels and
affine. Prints JSON: {FOLDER: [a text for each difference]}.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nibabel
import numpy
import zarr

# Headers of NIfTI-1 are float32: 0.001 mm at 1000 mm.
MILLIMETRES = 2e-3


def main() -> None:
    json.dump({folder: compare(folder) for folder in sys.argv[1:]}, sys.stdout)


def compare(folder: str) -> list:
    return [f"{path.name}: {text}" for path in sorted(Path(folder).rglob("*.nii")) for text in differences(path)]


def differences(path: Path) -> list:
    stem = str(path)[: -len(".nii")]
    expected, affine = load_nifti(path)
    found = []
    for ending, load in (("nii.gz", load_nifti), ("npz", load_npz), ("zarr", load_zarr)):
        voxels, theirs = load(f"{stem}.{ending}")
        if voxels.shape != expected.shape or voxels.dtype != expected.dtype:
            found.append(f"{ending} has {voxels.dtype}{list(voxels.shape)}, not {expected.dtype}{list(expected.shape)}")
        elif not numpy.array_equal(voxels, expected, equal_nan=expected.dtype.kind == "f"):
            found.append(f"{ending} has other voxels")
        elif not numpy.allclose(theirs, affine, atol=MILLIMETRES, rtol=0):
            found.append(f"{ending} has another affine")
    return found


def load_nifti(path: str | Path) -> tuple:
    """Returns stored voxels as [t,] z, y, x [, colour], and the affine in LPS."""
    image = nibabel.load(path)
    stored = numpy.asanyarray(image.dataobj.get_unscaled())
    colours = stored.dtype.names is not None
    if colours:
        stored = stored.copy().view(numpy.uint8).reshape(*stored.shape, 3)
    spatial = stored.ndim - 1 if colours else stored.ndim
    voxels = stored.transpose([*reversed(range(spatial)), *range(spatial, stored.ndim)])
    return voxels, numpy.diag([-1, -1, 1, 1]) @ image.affine


def load_npz(path: str) -> tuple:
    with numpy.load(path, allow_pickle=False) as arrays:
        json.loads(str(arrays["metadata"]))
        return arrays["voxels"], arrays["affine"]


def load_zarr(path: str) -> tuple:
    group = zarr.open_group(path, mode="r")
    array = group["0"]
    voxels = array[...]
    names = list(array.metadata.dimension_names)
    if "c" in names:
        voxels = numpy.moveaxis(voxels, names.index("c"), -1)
    return voxels, numpy.array(group.attrs["volume"]["Affine"])


main()
