"""Reads DICOM files by pydicom and renders their first frame by it, as the reference of reference.test.ts.

usage: reference.py OUT FILE...

For each file, and for variants of CT_small.dcm made here, writes OUT/N.json (description and what the other files hold),
OUT/N.raw (samples, little endian), OUT/N.dcm (explicit little endian, for dcmtk) and where pydicom renders it OUT/N.level
(grey, float64 from 0 to 1) or OUT/N.rgb (colour).
"""

import copy
import json
import sys
from pathlib import Path

import numpy
import pydicom
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_windowing, convert_color_space, pixel_array
from pydicom.pixels.processing import apply_voi
from pydicom.uid import ExplicitVRLittleEndian

OUT = Path(sys.argv[1])


def lookup_table(item, prefix="LUT"):
    count, first, bits = item[f"{prefix}Descriptor"].value
    data = item[f"{prefix}Data"].value
    if isinstance(data, bytes):
        data = list(data[: count or 65536]) if bits == 8 and len(data) < 2 * count else numpy.frombuffer(data, "<u2").tolist()
    return {"firstMapped": first, "bits": bits, "entries": data}


def palette(ds):
    if "RedPaletteColorLookupTableDescriptor" not in ds:
        return None
    colours = {}
    for colour in ("Red", "Green", "Blue"):
        prefix = f"{colour}PaletteColorLookupTable"
        if f"Segmented{prefix}Data" in ds:
            count, first, bits = ds[f"{prefix}Descriptor"].value
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


def describe(ds):
    description = {
        "rows": ds.Rows,
        "columns": ds.Columns,
        "samplesPerPixel": ds.SamplesPerPixel,
        "photometricInterpretation": ds.PhotometricInterpretation,
        "bitsStored": ds.get("BitsStored", ds.BitsAllocated),
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
        "palette": palette(ds),
    }
    return {key: value for key, value in description.items() if value is not None}


def output_range(ds):
    """The range that apply_windowing maps onto."""
    if ds.get("ModalityLUTSequence"):
        return 0, 2 ** ds.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    bits = ds.BitsStored
    low, high = (0, 2**bits - 1) if ds.PixelRepresentation == 0 else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if "RescaleSlope" in ds:
        return low * ds.RescaleSlope + ds.RescaleIntercept, high * ds.RescaleSlope + ds.RescaleIntercept
    return low, high


def grey_levels(ds, frame):
    values = apply_modality_lut(frame, ds)
    if ds.get("VOILUTSequence"):
        levels = apply_voi(values, ds).astype("f8") / (2 ** ds.VOILUTSequence[0].LUTDescriptor[2] - 1)
    elif ds.get("WindowCenter") is not None:
        low, high = (float(v) for v in output_range(ds))
        levels = (apply_windowing(values, ds).astype("f8") - low) / (high - low)
    else:
        return None
    inverse = ds.PhotometricInterpretation == "MONOCHROME1" or ds.get("PresentationLUTShape") == "INVERSE"
    return 1 - levels if inverse else levels


def rgb(ds, frame):
    photometric = ds.PhotometricInterpretation
    if photometric == "PALETTE COLOR":
        return apply_color_lut(frame, ds)
    if photometric.startswith("YBR_FULL"):
        return convert_color_space(frame, "YBR_FULL", "RGB")
    return frame


def write(number, name, ds):
    frame = pixel_array(ds, raw=True, index=0)
    if ds.file_meta.TransferSyntaxUID.is_compressed:
        ds.decompress(as_rgb=False)
        # Both as pydicom leaves the pixels, not the attributes.
        ds.BitsAllocated = max(ds.BitsAllocated, 8)
        if ds.PhotometricInterpretation == "YBR_FULL_422":
            ds.PhotometricInterpretation = "YBR_FULL"
    description = describe(ds)
    entry = {"name": name, "image": description, "dtype": frame.dtype.newbyteorder("<").str}
    frame.astype(frame.dtype.newbyteorder("<")).tofile(OUT / f"{number}.raw")
    if ds.SamplesPerPixel == 1 and ds.PhotometricInterpretation != "PALETTE COLOR":
        levels = grey_levels(ds, frame) if "PixelData" in ds else None
        if levels is not None:
            levels.astype("<f8").tofile(OUT / f"{number}.level")
            entry["reference"] = "level"
    else:
        colours = rgb(ds, frame)
        colours.astype(colours.dtype.newbyteorder("<")).tofile(OUT / f"{number}.rgb")
        entry["reference"] = "rgb"
        entry["rgbType"] = colours.dtype.newbyteorder("<").str
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(OUT / f"{number}.dcm", enforce_file_format=True)
    (OUT / f"{number}.json").write_text(json.dumps(entry))


def lut_item(first, bits, entries):
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries), first, bits])
    item.add_new("LUTData", "OW", numpy.array(entries, "<u2").tobytes())
    return item


def variants(ct):
    """What the files do not have."""

    def variant(**attributes):
        ds = copy.deepcopy(ct)
        for keyword, value in attributes.items():
            setattr(ds, keyword, value)
        return ds

    window = {"WindowCenter": "40", "WindowWidth": "400"}
    yield "LINEAR", variant(**window)
    yield "LINEAR, width 1", variant(WindowCenter="40", WindowWidth="1")
    yield "LINEAR, odd", variant(WindowCenter="-12.5", WindowWidth="333.25", RescaleSlope="0.5")
    yield "two windows", variant(WindowCenter=["40", "-600"], WindowWidth=["400", "1500"])
    yield "LINEAR_EXACT", variant(**window, VOILUTFunction="LINEAR_EXACT")
    yield "SIGMOID", variant(**window, VOILUTFunction="SIGMOID")
    yield "MONOCHROME1", variant(**window, PhotometricInterpretation="MONOCHROME1")
    yield "INVERSE", variant(**window, PresentationLUTShape="INVERSE")
    yield "MONOCHROME1 and INVERSE", variant(**window, PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="INVERSE")
    yield "VOI LUT", variant(VOILUTSequence=[lut_item(-900, 12, [round((i / 1999) ** 0.5 * 4095) for i in range(2000)])])
    modality = variant(**window, ModalityLUTSequence=[lut_item(0, 16, [i // 2 for i in range(2500)])])
    modality.ModalityLUTSequence[0].ModalityLUTType = "US"
    del modality.RescaleSlope, modality.RescaleIntercept
    modality.WindowCenter, modality.WindowWidth = "600", "800"
    yield "modality LUT", modality
    padded = variant(PixelPaddingValue=int(ct.pixel_array.min()))
    yield "no window, padding", padded
    segments = variant(PhotometricInterpretation="PALETTE COLOR", PixelRepresentation=0)
    for offset, colour in enumerate(("Red", "Green", "Blue")):
        segments.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [2304, 0, 16])
        data = [0, 3, 100, 200, 300 + offset, 1, 1021, 40000 + offset * 1000, 1, 256, 0, 1, 1024, 65535]
        segments.add_new(f"Segmented{colour}PaletteColorLookupTableData", "OW", numpy.array(data, "<u2").tobytes())
    yield "segmented palette", segments


def main():
    number = 0
    for path in sys.argv[2:]:
        try:
            ds = pydicom.dcmread(path)
            write(number, Path(path).name, ds)
            number += 1
        except Exception as error:
            print(f"{Path(path).name}: {type(error).__name__}: {str(error)[:100]}", file=sys.stderr)
        if Path(path).name == "CT_small.dcm":
            for name, ds in variants(pydicom.dcmread(path)):
                write(number, f"CT_small, {name}", ds)
                number += 1
    print(number)


main()
