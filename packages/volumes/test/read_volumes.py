"""Reads volumes with nibabel, numpy and zarr. Usage: read_volumes.py FILE... Prints a JSON list: an object for each file."""

from __future__ import annotations

import json
import sys

import nibabel
import numpy
import zarr


def main() -> None:
    json.dump([read(path) for path in sys.argv[1:]], sys.stdout)


def read(path: str) -> dict:
    if path.endswith(".zarr"):
        return read_zarr(path)
    return read_npz(path) if path.endswith(".npz") else read_nifti(path)


def read_zarr(path: str) -> dict:
    group = zarr.open_group(path, mode="r")
    array = group["0"]
    return {
        "format": group.metadata.zarr_format,
        "dtype": str(array.dtype),
        "shape": list(array.shape),
        "chunks": list(array.chunks),
        "names": list(array.metadata.dimension_names),
        "stored": array[...].ravel().tolist(),
        "attributes": dict(group.attrs),
    }


def read_nifti(path: str) -> dict:
    image = nibabel.load(path)
    header = image.header
    qform, qform_code = header.get_qform(coded=True)
    sform, sform_code = header.get_sform(coded=True)
    stored = numpy.asanyarray(image.dataobj.get_unscaled())
    colours = stored.dtype.names is not None
    return {
        "kind": type(image).__name__,
        "dtype": "rgb" if colours else str(stored.dtype),
        "shape": list(stored.shape),
        # In the order of memory: the last index of nibabel is the slowest.
        "stored": [list(map(int, v)) if colours else v for v in stored.ravel(order="F").tolist()],
        "scaled": [] if colours else numpy.asanyarray(image.dataobj).ravel(order="F").tolist(),
        "affine": image.affine.tolist(),
        "qform": [int(qform_code), None if qform is None else qform.tolist()],
        "sform": [int(sform_code), None if sform is None else sform.tolist()],
        "zooms": [float(zoom) for zoom in header.get_zooms()],
        "units": list(header.get_xyzt_units()),
        "intent": header.get_intent()[0],
    }


def read_npz(path: str) -> dict:
    with numpy.load(path, allow_pickle=False) as arrays:
        voxels = arrays["voxels"]
        return {
            "names": sorted(arrays.files),
            "dtype": str(voxels.dtype),
            "shape": list(voxels.shape),
            "stored": voxels.ravel().tolist(),
            "affine": arrays["affine"].tolist(),
            "metadata": json.loads(str(arrays["metadata"])),
        }


main()
