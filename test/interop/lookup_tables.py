"""Makes DICOM files with lookup tables in every packing and VR, and says what they are to show.

usage: lookup_tables.py FOLDER SEED COUNT

Prints a list: the path of each file, its SOP instance UID, whether its table is as its descriptor says, and for those the
samples of the picture: `levels` by numpy from the entries as they were drawn, `dcmtk` by dcm2pnm if it reads the table, and
`pydicom` by apply_voi, apply_modality_lut or apply_color_lut if they do.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy
from pydicom import config
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import apply_color_lut, apply_modality_lut
from pydicom.pixels.processing import apply_voi
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid

config.replace_un_with_known_vr = False
ROWS, COLUMNS = 16, 24
FOLDER, SEED, COUNT = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
rng = numpy.random.default_rng(SEED)
SYNTAXES = (ExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian)


def image(syntax, signed, bits=12):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.SOPClassUID = SecondaryCaptureImageStorage
    ds.PatientID, ds.PatientName, ds.Modality = "tables", "Tables", "OT"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID = (generate_uid() for _ in range(3))
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = ROWS, COLUMNS, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, bits, bits - 1, int(signed)
    return ds


def draw_pixels(ds, first, count):
    """Values around those that the table maps."""
    low, high = (-2048, 2047) if ds.PixelRepresentation else (0, 4095)
    values = numpy.clip(rng.integers(first - 5, first + count + 5, ROWS * COLUMNS), low, high)
    is_big_endian = ds.file_meta.TransferSyntaxUID == ExplicitVRBigEndian
    ds.add_new("PixelData", "OW", (values & 0xFFFF).astype(">u2" if is_big_endian else "<u2").tobytes())
    return values


def encode(entries, packed, vr, syntax):
    """The value of LUT Data: words, or two entries to a word, the first one in its lower half."""
    data = numpy.array(entries, "u1" if packed else "<u2").tobytes()
    data += b"\0" * (len(data) % 2)
    words = numpy.frombuffer(data, "<u2")
    if vr in ("US", "SS"):
        return words.astype("<i2" if vr == "SS" else "<u2").tolist()
    is_swapped = syntax == ExplicitVRBigEndian and vr == "OW"
    return words.astype(">u2").tobytes() if is_swapped else data


def descriptor(count, first, bits, signed):
    """The count as SS has it where it is SS."""
    count &= 0xFFFF
    return ("SS", [count - 65536 if count > 32767 else count, first, bits]) if signed else ("US", [count, first, bits])


def entries_of(count, bits):
    entries = rng.integers(0, 2**bits, count)
    entries[rng.integers(0, count)] = 2**bits - 1
    return entries.tolist()


def form(syntax, packed):
    """A VR that the file can have."""
    if syntax == ImplicitVRLittleEndian:
        return "OW"
    return str(rng.choice(["US", "SS", "OW", "UN"] + (["OB"] if packed else [])))


def mapped(values, first, entries):
    return numpy.array(entries)[numpy.clip(values - first, 0, len(entries) - 1)]


def rounded(levels):
    return numpy.floor(levels * 255 + 0.5).astype(int)


def sequence_case(keyword):
    syntax = SYNTAXES[rng.integers(0, 3)]
    signed = bool(rng.integers(0, 2))
    bits = int(rng.choice([8, 8, 8, 16] if keyword == "ModalityLUTSequence" else [8, 8, 8, 9, 10, 12, 16]))
    packed = bits == 8 and bool(rng.integers(0, 3))
    vr = form(syntax, packed)
    count = int(rng.choice([int(rng.integers(2, 700)), 255, 256, 4096] + ([65536] if vr not in ("US", "SS") else [])))
    first = int(rng.integers(-300, 300)) if signed else int(rng.integers(0, 300))
    ds = image(syntax, signed)
    entries = entries_of(count, bits)
    item = Dataset()
    item.add_new("LUTDescriptor", *descriptor(count, first, bits, signed))
    item.add_new("LUTData", vr, encode(entries, packed, vr, syntax))
    values = draw_pixels(ds, first, min(count, 700))
    levels = mapped(values, first, entries)
    if keyword == "ModalityLUTSequence":
        item.ModalityLUTType = "US"
        ds.WindowCenter, ds.WindowWidth = str(2 ** (bits - 1)), str(2**bits)
        top = 2**bits - 1
        levels = numpy.clip((levels - (2 ** (bits - 1) - 0.5)) / top + 0.5, 0, 1)
    else:
        levels = levels / (2**bits - 1)
    setattr(ds, keyword, [item])
    return ds, rounded(levels), vr, packed


def palette_case():
    syntax = SYNTAXES[rng.integers(0, 3)]
    bits = int(rng.choice([8, 8, 16]))
    packed = bits == 8 and bool(rng.integers(0, 3))
    vr = form(syntax, packed)
    count = int(rng.choice([int(rng.integers(2, 700)), 255, 256]))
    first = int(rng.integers(0, 300))
    ds = image(syntax, False)
    values = draw_pixels(ds, first, count)
    ds.PhotometricInterpretation = "PALETTE COLOR"
    planes = []
    for colour in ("Red", "Green", "Blue"):
        entries = entries_of(count, bits)
        ds.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [count, first, bits])
        ds.add_new(f"{colour}PaletteColorLookupTableData", vr, encode(entries, packed, vr, syntax))
        planes.append(mapped(values, first, entries) >> (bits - 8))
    return ds, numpy.stack(planes, axis=-1).ravel(), vr, packed


def segmented_case():
    """A discrete segment, then linear ones, as pydicom expands them."""
    syntax = SYNTAXES[rng.integers(0, 3)]
    bits = int(rng.choice([8, 16]))
    packed = bits == 8 and bool(rng.integers(0, 3))
    vr = form(syntax, packed)
    first = int(rng.integers(0, 300))
    length = int(rng.integers(1, 20))
    runs = rng.integers(1, 60, int(rng.integers(1, 4))).tolist()
    count = length + sum(runs)
    ds = image(syntax, False)
    values = draw_pixels(ds, first, count)
    ds.PhotometricInterpretation = "PALETTE COLOR"
    planes = []
    for colour in ("Red", "Green", "Blue"):
        entries = entries_of(length, bits)
        segments = [0, length, *entries]
        for run in runs:
            end = int(rng.integers(0, 2**bits))
            segments += [1, run, end]
            start = entries[-1]
            entries += [int(numpy.floor(start + (end - start) * (i + 1) / run + 0.5)) for i in range(run)]
        ds.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [count, first, bits])
        ds.add_new(f"Segmented{colour}PaletteColorLookupTableData", vr, encode(segments, packed, vr, syntax))
        planes.append(mapped(values, first, entries) >> (bits - 8))
    return ds, numpy.stack(planes, axis=-1).ravel(), vr, packed


def broken_case():
    """A table without entries, or with a descriptor that is none."""
    ds, _, vr, _ = sequence_case("VOILUTSequence")
    item = ds.VOILUTSequence[0]
    count, first, bits = item.LUTDescriptor
    kind = int(rng.integers(0, 3))
    if kind == 0:
        del item.LUTData
    elif kind == 1:
        item.add_new("LUTDescriptor", item["LUTDescriptor"].VR, [count, first])
    else:
        item.add_new("LUTDescriptor", item["LUTDescriptor"].VR, [count, first, int(rng.choice([0, 3, 17, 32]))])
    return ds


def dcm2pnm(path, ds, vr):
    """dcmtk reads neither SS nor OB, takes UN for the byte order of the file, and expands no segments."""
    if vr not in ("US", "OW"):
        return None
    options = ["-q", "-O"] + (["+Wl", "1"] if "VOILUTSequence" in ds else ["+Wi", "1"] if "WindowCenter" in ds else [])
    done = subprocess.run(["dcm2pnm", *options, "--write-raw-pnm", str(path)], capture_output=True)
    size = ROWS * COLUMNS * (3 if ds.PhotometricInterpretation == "PALETTE COLOR" else 1)
    return list(done.stdout[-size:]) if done.returncode == 0 and len(done.stdout) > size else None


def by_pydicom(ds, packed, vr):
    """
    pydicom knows no packed tables, takes palettes for little endian OW, and SS for negative numbers. It keeps the index
    of an entry of a VOI LUT of 8 bits in 8 bits, so values from first + 256 on wrap around.
    """
    item = (ds.get("VOILUTSequence") or ds.get("ModalityLUTSequence") or [None])[0]
    is_big_endian = ds.file_meta.TransferSyntaxUID == ExplicitVRBigEndian
    if packed or vr == "SS" or is_big_endian or ds.file_meta.TransferSyntaxUID == ImplicitVRLittleEndian:
        return None
    values = numpy.frombuffer(ds.PixelData, "<i2" if ds.PixelRepresentation else "<u2").reshape(ROWS, COLUMNS)
    try:
        if item is None:
            colours = apply_color_lut(values, ds).ravel()
            return (colours >> (8 if colours.dtype == numpy.uint16 and ds.RedPaletteColorLookupTableDescriptor[2] == 16 else 0)).tolist()
        count, first, bits = item.LUTDescriptor
        if bits == 8 and (not 0 < count <= 256 or values.max() - first > 255):
            return None
        if "VOILUTSequence" in ds:
            return rounded(apply_voi(values, ds) / (2**bits - 1)).ravel().tolist()
        mapped_values = apply_modality_lut(values, ds)
        return rounded(numpy.clip((mapped_values - (2 ** (bits - 1) - 0.5)) / (2**bits - 1) + 0.5, 0, 1)).ravel().tolist()
    except Exception:
        return None


def main():
    written = []
    for index in range(COUNT):
        kind = int(rng.integers(0, 6))
        path = FOLDER / f"{index}.dcm"
        if kind == 5:
            ds, described = broken_case(), {"isBroken": True}
        else:
            ds, levels, vr, packed = (
                sequence_case("VOILUTSequence") if kind <= 1
                else sequence_case("ModalityLUTSequence") if kind == 2
                else palette_case() if kind == 3
                else segmented_case()
            )
            described = {"isBroken": False, "name": f"{kind} {vr} {packed} {ds.file_meta.TransferSyntaxUID.name}", "levels": levels.tolist()}
        ds.save_as(path, enforce_file_format=True)
        if not described["isBroken"]:
            described |= {"dcmtk": dcm2pnm(path, ds, vr), "pydicom": by_pydicom(ds, packed, vr)}
        written.append({"path": str(path), "uid": ds.SOPInstanceUID, "series": ds.SeriesInstanceUID, **described})
    print(json.dumps(written))


main()
