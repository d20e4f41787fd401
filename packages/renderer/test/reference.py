"""Reads DICOM files by pydicom and renders frames of them by it, as the reference of reference.test.ts.

usage: reference.py OUT FILE...

For the first and the last frame of each file, and for every frame of those of generated_images.py, writes OUT/N.json
(description and what the other files hold), OUT/N.raw (samples, little endian), OUT/N.dcm (decoded, functional groups of the
frame in the data set, for dcmtk) and where pydicom renders it OUT/N.level (grey, float64 from 0 to 1) or
OUT/N.rgb (colour).
"""

import copy
import json
import shutil
import sys
from pathlib import Path

import numpy
import pydicom
from generated_images import generate
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_windowing, convert_color_space, pixel_array
from pydicom.pixels.processing import apply_voi
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSNearLossless,
)

OUT = Path(sys.argv[1])
written = 0
is_big_endian = False
is_lossy = False
LOSSY = (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000, HTJ2K)


def is_packed(item, prefix="LUT"):
    """Returns whether entries of 8 bits take a byte each."""
    count, _, bits = item[f"{prefix}Descriptor"].value
    data = item[f"{prefix}Data"].value
    return isinstance(data, bytes) and bits == 8 and len(data) < 2 * count


def words(data):
    return numpy.frombuffer(data, ">u2" if is_big_endian else "<u2")


def lookup_table(item, prefix="LUT"):
    count, first, bits = item[f"{prefix}Descriptor"].value
    data = item[f"{prefix}Data"].value
    if isinstance(data, bytes):
        data = list(data[:count]) if is_packed(item, prefix) else words(data).tolist()
    return {"firstMapped": first, "bits": bits, "entries": data}


def palette(ds):
    if "RedPaletteColorLookupTableDescriptor" not in ds:
        return None
    colours = {}
    for colour in ("Red", "Green", "Blue"):
        prefix = f"{colour}PaletteColorLookupTable"
        if f"Segmented{prefix}Data" in ds:
            _, first, bits = ds[f"{prefix}Descriptor"].value
            segments = numpy.frombuffer(ds[f"Segmented{prefix}Data"].value, "u1" if bits == 8 else "<u2").tolist()
            colours[colour.lower()] = {"firstMapped": first, "bits": bits, "segments": segments}
        else:
            colours[colour.lower()] = lookup_table(ds, prefix)
    return colours


def numbers(ds, keyword):
    value = ds.get(keyword)
    if value is None:
        return None
    return [float(v) for v in value] if isinstance(value, (list, pydicom.multival.MultiValue)) else [float(value)]


def number(ds, keyword):
    values = numbers(ds, keyword)
    return values[0] if values else None


def sequence_table(ds, keyword):
    return lookup_table(ds[keyword][0]) if ds.get(keyword) else None


def overlays(ds, index):
    """Returns the overlays on a frame. pydicom unpacks their bits."""
    planes = []
    for group in range(0x6000, 0x6020, 2):
        if (group, 0x0010) not in ds:
            continue
        kind = ds[group, 0x0040].value
        if (group, 0x3000) not in ds:
            planes.append({"bitPosition": ds[group, 0x0102].value, "type": kind})
            continue
        points = numpy.atleast_3d(ds.overlay_array(group))
        points = points.transpose(2, 0, 1) if points.shape[2] == 1 else points
        if (group, 0x0015) in ds:
            at = index - (ds[group, 0x0051].value - 1 if (group, 0x0051) in ds else 0)
        else:
            at = 0
        if 0 <= at < len(points):
            data = numpy.packbits(points[at].ravel(), bitorder="little").tolist()
            rows, columns = points.shape[1:]
            origin = list(ds[group, 0x0050].value)
            planes.append({"rows": rows, "columns": columns, "origin": origin, "data": data, "type": kind})
    return planes or None


def describe(ds, index):
    description = {
        "rows": ds.Rows,
        "columns": ds.Columns,
        "samplesPerPixel": ds.SamplesPerPixel,
        "photometricInterpretation": ds.PhotometricInterpretation,
        "bitsStored": ds.get("BitsStored", ds.BitsAllocated),
        "highBit": ds.get("HighBit"),
        "pixelRepresentation": ds.get("PixelRepresentation", 0),
        "rescaleSlope": number(ds, "RescaleSlope"),
        "rescaleIntercept": number(ds, "RescaleIntercept"),
        "modalityLut": sequence_table(ds, "ModalityLUTSequence"),
        "windowCenter": numbers(ds, "WindowCenter"),
        "windowWidth": numbers(ds, "WindowWidth"),
        "voiLutFunction": ds.get("VOILUTFunction"),
        "voiLut": sequence_table(ds, "VOILUTSequence"),
        "presentationLutShape": ds.get("PresentationLUTShape"),
        "pixelPaddingValue": number(ds, "PixelPaddingValue"),
        "pixelPaddingRangeLimit": number(ds, "PixelPaddingRangeLimit"),
        "palette": palette(ds),
        "overlays": overlays(ds, index),
    }
    return {key: value for key, value in description.items() if value is not None}


def output_range(ds):
    """Returns the range that apply_windowing maps onto."""
    if ds.get("ModalityLUTSequence"):
        return 0, 2 ** ds.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    bits = ds.BitsStored
    low, high = (0, 2**bits - 1) if ds.PixelRepresentation == 0 else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if "RescaleSlope" in ds:
        return low * ds.RescaleSlope + ds.RescaleIntercept, high * ds.RescaleSlope + ds.RescaleIntercept
    return low, high


def grey_levels(ds, index, window):
    """Returns the values as pydicom reads them. It knows neither values above the lowest bits nor packed tables."""
    if ds.get("HighBit", 0) != ds.get("BitsStored", 1) - 1:
        return None
    values = apply_modality_lut(pixel_array(ds, raw=True, index=index), ds)
    if ds.get("VOILUTSequence") and window is None:
        if is_packed(ds.VOILUTSequence[0]):
            return None
        levels = apply_voi(values, ds).astype("f8") / (2 ** ds.VOILUTSequence[0].LUTDescriptor[2] - 1)
    elif ds.get("WindowCenter") is not None:
        low, high = (float(v) for v in output_range(ds))
        levels = (apply_windowing(values, ds, index=window or 0).astype("f8") - low) / (high - low)
    elif values.dtype.kind == "f" and "PixelData" not in ds:
        levels = (values - values.min()).astype("f8") / (values.max() - values.min())
    else:
        return None
    inverse = ds.PhotometricInterpretation == "MONOCHROME1" or ds.get("PresentationLUTShape") == "INVERSE"
    return 1 - levels if inverse else levels


def rgb(ds, index):
    photometric = ds.PhotometricInterpretation
    if photometric.startswith("YBR_PARTIAL") or (photometric == "PALETTE COLOR" and is_big_endian):
        return None  # pydicom has no conversion, and takes the entries of all palettes for little endian
    frame = pixel_array(ds, raw=True, index=index)
    if photometric == "PALETTE COLOR":
        return apply_color_lut(frame, ds)
    if photometric.startswith("YBR_FULL"):
        return convert_color_space(frame, "YBR_FULL", "RGB")
    return frame


def flattened(ds, index):
    """Returns a copy with the functional groups of a frame in the data set, its own before the shared ones."""
    flat = copy.deepcopy(ds)
    groups = [(ds.get("SharedFunctionalGroupsSequence") or [None])[0]]
    per_frame = ds.get("PerFrameFunctionalGroupsSequence") or []
    groups += per_frame[index : index + 1]
    for keyword in ("PixelValueTransformationSequence", "FrameVOILUTSequence"):
        items = [group[keyword][0] for group in groups if group is not None and group.get(keyword)]
        flat.update(items[-1] if items else {})
    if "BitsStored" not in flat:  # of real numbers, which apply_windowing maps onto the range of any integers
        flat.BitsStored, flat.HighBit, flat.PixelRepresentation = 16, 15, 0
    return flat


def without_padding(ds, frame):
    """Returns the frame for dcmtk, which takes padding for the smallest value: padding is replaced by the
    smallest other value."""
    first = ds.PixelPaddingValue
    last = ds.get("PixelPaddingRangeLimit", first)
    is_padding = (frame >= min(first, last)) & (frame <= max(first, last))
    return numpy.where(is_padding, frame[~is_padding].min(), frame).astype(frame.dtype)


def samples(ds, index):
    """Returns a frame as its file has it: 4:2:2 without upsampling, and with overlays in its samples, which
    pixel_array removes."""
    if any((group, 0x0010) in ds and (group, 0x3000) not in ds for group in range(0x6000, 0x6020, 2)):
        return numpy.frombuffer(ds.PixelData, "<u2")
    if ds.PhotometricInterpretation.endswith("_422"):
        return numpy.frombuffer(ds.PixelData, "u1")[index * ds.Rows * ds.Columns * 2 :][: ds.Rows * ds.Columns * 2]
    return pixel_array(ds, raw=True, index=index)


def write(path, ds, index, window=None):
    global written
    flat = flattened(ds, index)
    frame = samples(ds, index)
    entry = {"name": path.name, "file": str(path), "frame": index, "image": describe(flat, index), "dtype": frame.dtype.newbyteorder("<").str}
    if window is not None:
        entry["windowIndex"] = window
    if is_lossy:
        entry["isLossy"] = True
    frame.astype(frame.dtype.newbyteorder("<")).tofile(OUT / f"{written}.raw")
    if ds.SamplesPerPixel == 1 and ds.PhotometricInterpretation != "PALETTE COLOR":
        levels = grey_levels(flat, index, window)
        if levels is not None:
            levels.astype("<f8").tofile(OUT / f"{written}.level")
            entry["reference"] = "level"
        if levels is None and "PixelPaddingValue" in ds and int(ds.get("NumberOfFrames", 1)) == 1:
            flat.PixelData = without_padding(ds, frame).tobytes()
    else:
        colours = rgb(ds, index)
        if colours is not None:
            colours.astype(colours.dtype.newbyteorder("<")).tofile(OUT / f"{written}.rgb")
            entry["reference"] = "rgb"
            entry["rgbType"] = colours.dtype.newbyteorder("<").str
    if is_big_endian and ds.BitsAllocated <= 16:  # dcmtk takes samples of 32 bits for pairs of words
        shutil.copyfile(ds.filename, OUT / f"{written}.dcm")
    elif not is_big_endian:
        flat.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        flat.save_as(OUT / f"{written}.dcm", enforce_file_format=True)
    (OUT / f"{written}.json").write_text(json.dumps(entry))
    written += 1


def read(path):
    global is_big_endian, is_lossy
    ds = pydicom.dcmread(path, force=True)
    is_lossy = ds.file_meta.TransferSyntaxUID in LOSSY
    is_big_endian = ds.file_meta.TransferSyntaxUID == ExplicitVRBigEndian
    if ds.file_meta.TransferSyntaxUID.is_compressed:
        ds.decompress(as_rgb=False)
        # Both match the pixels of pydicom, not the attributes.
        ds.BitsAllocated = max(ds.BitsAllocated, 8)
        if ds.PhotometricInterpretation == "YBR_FULL_422":
            ds.PhotometricInterpretation = "YBR_FULL"
    return ds


def main():
    generated = generate(OUT)
    for path in [*map(Path, sys.argv[2:]), *generated]:
        try:
            ds = read(path)
            last = int(ds.get("NumberOfFrames") or 1) - 1
            for index in range(last + 1) if path in generated else sorted({0, last}):
                write(path, ds, index)
                if path.stem == "several windows":
                    write(path, ds, index, window=1)
        except Exception as error:
            print(f"{path.name}: {type(error).__name__}: {str(error)[:100]}", file=sys.stderr)
            if path in generated:
                raise
    print(written)


main()
