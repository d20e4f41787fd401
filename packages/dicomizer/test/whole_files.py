"""Makes DICOM files with pydicom and prints them, with what they hold, as JSON:
[{"name", "file": base64, "transferSyntax", "attributes": image pixel module by keyword,
  "frames": [{"pixels": base64, colour by pixel and little endian, "encoded": base64 or null}]}].
Bits are bytes of 0 and 1. All are instance 1.2.3.4.5. dcmconv of dcmtk, where it is there, makes some of them anew.
"""
import base64
import io
import json
import shutil
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    MPEG4HP41,
)

warnings.simplefilter("ignore")
random = np.random.default_rng(7)
KEYWORDS = (
    "NumberOfFrames Rows Columns SamplesPerPixel PhotometricInterpretation PlanarConfiguration BitsAllocated BitsStored "
    "HighBit PixelRepresentation"
).split()


def data_set(syntax):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = "1.2.3.4.5"
    meta.TransferSyntaxUID = syntax
    ds = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    ds.SOPClassUID = meta.MediaStorageSOPClassUID
    ds.SOPInstanceUID = "1.2.3.4.5"
    ds.StudyInstanceUID = "1.2.3"
    ds.SeriesInstanceUID = "1.2.3.4"
    ds.PatientName = "Test^Whole"
    ds.PatientID = ""
    return ds


def nested(ds):
    """Returns nested sequences of defined and undefined length, private ones, and an icon."""
    inner = Dataset()
    inner.CodeValue = "1"
    inner.ReferencedSeriesSequence = Sequence([])
    outer = Dataset()
    outer.ConceptNameCodeSequence = Sequence([inner, Dataset()])
    outer["ConceptNameCodeSequence"].is_undefined_length = True
    inner.is_undefined_length_sequence_item = True
    outer.is_undefined_length_sequence_item = True
    ds.ContentSequence = Sequence([outer, Dataset(), outer])
    ds["ContentSequence"].is_undefined_length = True
    block = ds.private_block(0x0009, "MAKER", create=True)
    item = Dataset()
    item.add_new(0x00091002, "LO", "x")
    block.add_new(1, "SQ", Sequence([item]))
    block.add_new(3, "UN", b"1234")
    block.add_new(4, "OB", bytes(3000))
    ds.add_new(0x7FE10010, "LO", "MAKER")
    ds.add_new(0xFFFCFFFC, "OB", bytes(10))


def image(ds, array, bits_stored=None, photometric="MONOCHROME2", planar=None):
    frames, rows, columns, samples = array.shape
    allocated = array.dtype.itemsize * 8
    if frames > 1:
        ds.NumberOfFrames = frames
    ds.Rows, ds.Columns, ds.SamplesPerPixel = rows, columns, samples
    ds.PhotometricInterpretation = photometric
    if planar is not None:
        ds.PlanarConfiguration = planar
    ds.BitsAllocated, ds.BitsStored = allocated, bits_stored or allocated
    ds.HighBit = ds.BitsStored - 1
    ds.PixelRepresentation = 1 if array.dtype.kind == "i" else 0


def written(ds):
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def entry(name, ds, file, pixels=(), encoded=None):
    attributes = {}
    for keyword in KEYWORDS:
        if keyword in ds:
            value = ds[keyword].value
            attributes[keyword] = value if isinstance(value, (int, str)) and keyword != "NumberOfFrames" else str(value)
    frames = [
        {
            "pixels": base64.b64encode(np.ascontiguousarray(frame).tobytes()).decode(),
            "encoded": base64.b64encode(encoded[index]).decode() if encoded else None,
        }
        for index, frame in enumerate(pixels)
    ]
    syntax = pydicom.dcmread(io.BytesIO(file), stop_before_pixels=True).file_meta.TransferSyntaxUID
    return {
        "name": name,
        "file": base64.b64encode(file).decode(),
        "transferSyntax": str(syntax),
        "attributes": attributes,
        "frames": frames,
    }


def native(name, syntax, array, padding=0, **options):
    ds = data_set(syntax)
    nested(ds)
    image(ds, array, **options)
    stored = array.transpose(0, 3, 1, 2) if options.get("planar") == 1 else array
    big = syntax == ExplicitVRBigEndian
    raw = stored.astype(stored.dtype.newbyteorder(">" if big else "<")).tobytes()
    ds.add_new(0x7FE00010, "OW" if ds.BitsAllocated > 8 else "OB", raw + bytes(len(raw) % 2 + padding))
    return entry(name, ds, written(ds), array)


def bits(name, rows, columns, frames):
    samples = random.integers(0, 2, (frames, rows, columns, 1), dtype=np.uint8)
    ds = data_set(ExplicitVRLittleEndian)
    image(ds, samples)
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 1, 1, 0
    raw = np.packbits(samples.ravel(), bitorder="little").tobytes()
    ds.add_new(0x7FE00010, "OB", raw + bytes(len(raw) % 2))
    return entry(name, ds, written(ds), samples)


def encapsulated(name, encode, encoded, syntax=JPEGBaseline8Bit):
    ds = data_set(syntax)
    nested(ds)
    array = random.integers(0, 256, (len(encoded), 3, 4, 1), dtype=np.uint8)
    image(ds, array)
    encode(ds, encoded)
    ds["PixelData"].is_undefined_length = True
    icon = Dataset()
    icon.Rows = 1
    icon.add_new(0x7FE00010, "OB", encapsulate([b"icon"]))
    icon["PixelData"].is_undefined_length = True
    ds.IconImageSequence = Sequence([icon])
    return entry(name, ds, written(ds), array, encoded)


def with_table(fragments, has_bot):
    def encode(ds, encoded):
        ds.add_new(0x7FE00010, "OB", encapsulate(encoded, fragments_per_frame=fragments, has_bot=has_bot))

    return encode


def with_extended_table(ds, encoded):
    data, offsets, lengths = encapsulate_extended(encoded)
    ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = offsets, lengths
    ds.add_new(0x7FE00010, "OB", data)


def converted(entries, name, option, new_name):
    source = next(item for item in entries if item["name"] == name)
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/in.dcm", "wb") as stream:
            stream.write(base64.b64decode(source["file"]))
        subprocess.run(["dcmconv", *option, f"{folder}/in.dcm", f"{folder}/out.dcm"], check=True)
        with open(f"{folder}/out.dcm", "rb") as stream:
            file = stream.read()
    syntax = str(pydicom.dcmread(io.BytesIO(file), stop_before_pixels=True).file_meta.TransferSyntaxUID)
    return {**source, "name": new_name, "file": base64.b64encode(file).decode(), "transferSyntax": syntax}


def main():
    words = random.integers(-2000, 2000, (3, 3, 5, 1), dtype=np.int16)
    narrow = random.integers(0, 200, (2, 3, 5, 1), dtype=np.uint16)
    colour = random.integers(0, 256, (2, 3, 5, 3), dtype=np.uint8)
    wide = random.integers(0, 2**32, (2, 3, 4, 1), dtype=np.uint32)
    codes = [bytes(random.integers(1, 256, size, dtype=np.uint8)) for size in (301, 200, 57)]
    entries = [
        native("explicit", ExplicitVRLittleEndian, words),
        native("implicit", ImplicitVRLittleEndian, words),
        native("deflated", DeflatedExplicitVRLittleEndian, words),
        native("big endian", ExplicitVRBigEndian, words),
        native("12 bits", ExplicitVRLittleEndian, words & 0xFFF, bits_stored=12),
        native("8 of 16 bits", ExplicitVRLittleEndian, narrow, bits_stored=8),
        native("32 bits", ExplicitVRLittleEndian, wide),
        native("one odd frame", ExplicitVRLittleEndian, colour[:1], photometric="RGB", planar=0),
        native("one padded frame", ExplicitVRLittleEndian, words[:1], padding=128),
        native("colour by pixel", ExplicitVRLittleEndian, colour, photometric="RGB", planar=0),
        native("colour by plane", ExplicitVRLittleEndian, colour, photometric="RGB", planar=1),
        bits("15 bits a frame", 3, 5, 3),
        bits("3 bits a frame", 1, 3, 5),
        bits("16 bits a frame", 2, 8, 3),
        encapsulated("offset table", with_table(1, True), codes),
        encapsulated("no offset table", with_table(1, False), codes),
        encapsulated("extended offset table", with_extended_table, codes),
        encapsulated("fragments", with_table(3, True), codes),
        encapsulated("fragments of one frame", with_table(4, False), codes[:1]),
        encapsulated("fragments without a table", with_table(3, False), codes),
        encapsulated("code streams", with_table(2, True), codes, HTJ2KLossless),
    ]
    video = encapsulated("video", with_table(3, False), codes[:1], MPEG4HP41)
    video["attributes"]["NumberOfFrames"] = "25"
    entries.append(video)
    report = data_set(ExplicitVRLittleEndian)
    nested(report)
    entries.append(entry("report", report, written(report)))
    if shutil.which("dcmconv"):
        entries += [
            converted(entries, "explicit", ["+e", "+ti"], "implicit by dcmtk, lengths defined"),
            converted(entries, "implicit", ["-e", "+te"], "explicit by dcmtk, lengths undefined"),
            converted(entries, "explicit", ["-e", "+td"], "deflated by dcmtk"),
        ]
    json.dump(entries, sys.stdout)


main()
