"""Makes DICOM files of what public sample files lack: every way in which a data set says how its pixels are shown.

usage: generated_images.py FOLDER

Pixels are a ramp over all values with noise, from a fixed seed, not square. Used by reference.py and by the tests of the
whole repository.
"""

import sys
from pathlib import Path

import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    EnhancedMRImageStorage,
    ExplicitVRLittleEndian,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    ParametricMapStorage,
    SecondaryCaptureImageStorage,
    generate_uid,
)

ROWS, COLUMNS = 24, 38
WINDOW = {"WindowCenter": "40", "WindowWidth": "400"}


def ramp(low, high, frames=1):
    """Returns values from low to high, both included, with noise between them."""
    count = frames * ROWS * COLUMNS
    noise = numpy.random.default_rng(7).uniform(-0.05, 0.05, count)
    levels = numpy.clip(numpy.linspace(-0.02, 1.02, count) + noise, 0, 1)
    return low + levels * (high - low)


def instance(sop_class=SecondaryCaptureImageStorage, **attributes):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = sop_class
    ds.PatientID, ds.PatientName, ds.Modality = "generated", "Generated", "OT"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID = (generate_uid() for _ in range(3))
    ds.InstanceNumber = 1
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    return ds


def grey(bits=16, signed=False, frames=1, values=None, **attributes):
    """Returns MONOCHROME2 pixels over the whole range of `bits`, or from `values`."""
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    allocated = 8 if bits <= 8 else 16 if bits <= 16 else 32
    stored = numpy.round(ramp(low, high, frames) if values is None else values).astype(numpy.int64)
    sop_class = SecondaryCaptureImageStorage if frames == 1 else MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    ds = instance(sop_class, Rows=ROWS, Columns=COLUMNS, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2")
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = allocated, bits, bits - 1, int(signed)
    ds.add_new("PixelData", "OB" if allocated == 8 else "OW", (stored & (2**allocated - 1)).astype(f"<u{allocated // 8}").tobytes())
    if frames > 1:
        ds.NumberOfFrames = frames
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    return ds


def hounsfield(**attributes):
    return grey(12, values=ramp(0, 4095), **{"RescaleIntercept": "-1024", "RescaleSlope": "1", **attributes})


def lut(first, bits, entries, packed=False):
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries), first, bits])
    item.add_new("LUTData", "OW", numpy.array(entries, "u1" if packed else "<u2").tobytes())
    return item


def curve(count, top):
    return [round((i / (count - 1)) ** 0.6 * top) for i in range(count)]


def windows():
    yield "LINEAR", hounsfield(**WINDOW)
    yield "LINEAR, width 1", hounsfield(WindowCenter="40", WindowWidth="1")
    yield "LINEAR, fractions", hounsfield(WindowCenter="-12.5", WindowWidth="333.25", RescaleSlope="0.5")
    yield "several windows", hounsfield(WindowCenter=["40", "-600"], WindowWidth=["400", "1500"])
    yield "LINEAR_EXACT", hounsfield(**WINDOW, VOILUTFunction="LINEAR_EXACT")
    yield "SIGMOID", hounsfield(**WINDOW, VOILUTFunction="SIGMOID")
    yield "signed", grey(14, signed=True, **WINDOW)
    yield "8 bits", grey(8, WindowCenter="100", WindowWidth="90")
    yield "8 bits, signed", grey(8, signed=True, WindowCenter="-10", WindowWidth="90")
    yield "20 bits of 32", grey(20, WindowCenter="400000", WindowWidth="700000")
    yield "32 bits", grey(32, WindowCenter="2000000000", WindowWidth="3000000000")
    yield "32 bits, signed", grey(32, signed=True, WindowCenter="-5", WindowWidth="3000000000")
    yield "MONOCHROME1", hounsfield(**WINDOW, PhotometricInterpretation="MONOCHROME1")
    yield "INVERSE", hounsfield(**WINDOW, PresentationLUTShape="INVERSE")
    yield "IDENTITY", hounsfield(**WINDOW, PresentationLUTShape="IDENTITY")
    yield "MONOCHROME1 and INVERSE", hounsfield(
        **WINDOW, PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="INVERSE"
    )


def tables():
    yield "VOI LUT of 8 bits", grey(8, VOILUTSequence=[lut(0, 8, curve(256, 255))])
    yield "VOI LUT of 8 bits, packed", grey(12, VOILUTSequence=[lut(0, 8, curve(4096, 255), packed=True)])
    yield "VOI LUT of 12 bits", grey(12, VOILUTSequence=[lut(700, 12, curve(2000, 4095))])
    yield "VOI LUT of 16 bits", grey(16, VOILUTSequence=[lut(0, 16, curve(65535, 65535))])
    yield "VOI LUT, signed", grey(12, signed=True, VOILUTSequence=[lut(-1500, 12, curve(3000, 4095))])
    yield "VOI LUT behind a negative intercept", hounsfield(VOILUTSequence=[lut(-900, 12, curve(2000, 4095))])
    yield "VOI LUT and window", hounsfield(**WINDOW, VOILUTSequence=[lut(-900, 12, curve(2000, 4095))])
    eight = lut(0, 8, curve(4096, 255))
    sixteen = lut(300, 16, curve(3000, 60000))
    signed = lut(-1000, 16, curve(2000, 900))
    for item in (eight, sixteen, signed):
        item.ModalityLUTType = "US"
    yield "modality LUT of 8 bits", grey(12, ModalityLUTSequence=[eight], WindowCenter="100", WindowWidth="120")
    yield "modality LUT of 16 bits", grey(12, ModalityLUTSequence=[sixteen], WindowCenter="30000", WindowWidth="40000")
    yield "modality LUT, signed", grey(12, signed=True, ModalityLUTSequence=[signed], WindowCenter="450", WindowWidth="700")
    yield "modality LUT and VOI LUT", grey(12, ModalityLUTSequence=[eight], VOILUTSequence=[lut(20, 12, curve(200, 4095))])


def palette(ds, bits, first=0, segmented=None, entries=None):
    ds.PhotometricInterpretation = "PALETTE COLOR"
    for channel, colour in enumerate(("Red", "Green", "Blue")):
        prefix = f"{colour}PaletteColorLookupTable"
        data = segmented(channel) if segmented else entries(channel)
        count = 256 if segmented else len(data)
        ds.add_new(f"{prefix}Descriptor", "US", [count, first, bits])
        values = numpy.array(data, "u1" if bits == 8 else "<u2").tobytes()
        ds.add_new(f"Segmented{prefix}Data" if segmented else f"{prefix}Data", "OW", values + b"\0" * (len(values) % 2))
    return ds


def palettes():
    def colours(top):
        return lambda channel: [(i * (channel + 3) * 977) % (top + 1) for i in range(256)]

    # Discrete, linear, and indirect: the first two segments again, from offset 0 (PS3.3 C.7.9.2).
    def bytes_(channel):
        return [0, 4, 10, 20 + channel, 200, 255, 1, 120, 31, 1, 8, 240, 2, 2, 0, 0, 0, 0]

    def words(channel):
        return [0, 4, 10, 2000 + channel, 60000, 65535, 1, 120, 300, 1, 8, 40000, 2, 2, 0, 0]

    yield "palette of 8 bits", palette(grey(8), 8, entries=colours(255))
    yield "palette of 16 bits", palette(grey(8), 16, entries=colours(65535))
    yield "palette from 100 on", palette(grey(8), 16, first=100, entries=lambda c: colours(65535)(c)[:100])
    yield "palette of 16 bits, 16-bit values", palette(grey(16, values=ramp(0, 300)), 16, entries=colours(65535))
    yield "segmented palette of 8 bits", palette(grey(8), 8, segmented=bytes_)
    yield "segmented palette of 16 bits", palette(grey(8), 16, segmented=words)


def colour():
    rng = numpy.random.default_rng(11)

    def picture(photometric, shape, planar=0, bits=8):
        samples = rng.integers(0, 2**bits, shape).astype("u1" if bits == 8 else "<u2")
        ds = instance(Rows=ROWS, Columns=COLUMNS, SamplesPerPixel=3, PhotometricInterpretation=photometric)
        ds.PlanarConfiguration, ds.PixelRepresentation = planar, 0
        ds.BitsAllocated, ds.BitsStored, ds.HighBit = bits, bits, bits - 1
        ds.add_new("PixelData", "OB" if bits == 8 else "OW", samples.tobytes())
        return ds

    yield "RGB", picture("RGB", (ROWS, COLUMNS, 3))
    yield "RGB by plane", picture("RGB", (3, ROWS, COLUMNS), planar=1)
    yield "RGB of 16 bits", picture("RGB", (ROWS, COLUMNS, 3), bits=16)
    yield "YBR_FULL", picture("YBR_FULL", (ROWS, COLUMNS, 3))
    yield "YBR_FULL by plane", picture("YBR_FULL", (3, ROWS, COLUMNS), planar=1)
    yield "YBR_FULL_422", picture("YBR_FULL_422", (ROWS, COLUMNS, 2))
    yield "YBR_PARTIAL_422", picture("YBR_PARTIAL_422", (ROWS, COLUMNS, 2))


def padding():
    values = ramp(300, 3000)
    values[::5] = 0
    values[1::7] = 60
    yield "padding value", grey(12, values=numpy.where(values == 60, 400, values), PixelPaddingValue=0)
    yield "padding range", grey(12, values=values, PixelPaddingValue=0, PixelPaddingRangeLimit=60)
    yield "padding and window", hounsfield(**WINDOW, PixelPaddingValue=0)
    signed = grey(16, signed=True, values=numpy.where(values == 0, -2000, values))
    signed.add_new("PixelPaddingValue", "SS", -2000)
    yield "padding value, signed", signed


def overlay(ds, group=0x6000, shape=(9, 13), origin=(4, 5), bits=None, kind="G", **more):
    """Adds a plane. Its bits are noise, unless they are in the bit of the samples that `bits` names."""
    ds.add_new((group, 0x0010), "US", shape[0])
    ds.add_new((group, 0x0011), "US", shape[1])
    ds.add_new((group, 0x0040), "CS", kind)
    ds.add_new((group, 0x0050), "SS", list(origin))
    ds.add_new((group, 0x0100), "US", 1 if bits is None else ds.BitsAllocated)
    ds.add_new((group, 0x0102), "US", 0 if bits is None else bits)
    frames = more.get("frames")
    if frames is not None:
        ds.add_new((group, 0x0015), "IS", frames)
    if "first" in more:
        ds.add_new((group, 0x0051), "US", more["first"])
    if bits is None:
        points = numpy.random.default_rng(group).integers(0, 2, (frames or 1) * shape[0] * shape[1])
        packed = numpy.packbits(points.astype("u1"), bitorder="little").tobytes()
        ds.add_new((group, 0x3000), "OW", packed + b"\0" * (len(packed) % 2))
    return ds


def embedded(*positions, high_bit=11):
    noise = numpy.random.default_rng(13)
    low = high_bit - 11
    samples = ramp(0, 4095).astype("<u2") << low
    for position in positions:
        samples |= noise.integers(0, 2, samples.size).astype("<u2") << position
    ds = grey(12, **WINDOW)
    ds.HighBit, ds.PixelData = high_bit, samples.astype("<u2").tobytes()
    for index, position in enumerate(positions):
        overlay(ds, 0x6000 + 2 * index, (ROWS, COLUMNS), (1, 1), bits=position)
    return ds


def overlays():
    yield "overlay", overlay(hounsfield(**WINDOW))
    yield "overlay over all", overlay(hounsfield(**WINDOW), shape=(ROWS, COLUMNS), origin=(1, 1))
    yield "overlay beyond the upper left", overlay(hounsfield(**WINDOW), origin=(-3, -1))
    yield "overlay beyond the lower right", overlay(hounsfield(**WINDOW), origin=(20, 30))
    yield "overlay on MONOCHROME1", overlay(hounsfield(**WINDOW, PhotometricInterpretation="MONOCHROME1"))
    yield "overlays of several groups", overlay(overlay(hounsfield(**WINDOW)), 0x601E, origin=(1, 1))
    yield "overlay of a region", overlay(hounsfield(**WINDOW), kind="R")
    yield "overlay on all frames", overlay(grey(12, frames=3, **WINDOW))
    yield "overlay of several frames", overlay(grey(12, frames=4, **WINDOW), frames=2, first=2)
    yield "overlay of one frame", overlay(grey(12, frames=3, **WINDOW), frames=1, first=3)
    yield "overlays in upper bits", embedded(12, 15)
    yield "overlays in lower bits", embedded(0, 3, high_bit=15)


def group(keyword, **attributes):
    item, wrapped = Dataset(), Dataset()
    for name, value in attributes.items():
        setattr(item, name, value)
    setattr(wrapped, keyword, [item])
    return wrapped


def merged(*groups):
    item = Dataset()
    for part in groups:
        item.update(part)
    return item


def enhanced():
    ds = grey(12, frames=3)
    ds.SOPClassUID, ds.Modality = EnhancedMRImageStorage, "MR"
    rescale = group("PixelValueTransformationSequence", RescaleSlope="2", RescaleIntercept="-100", RescaleType="US")
    spacing = group("PixelMeasuresSequence", PixelSpacing=["0.5", "0.25"])
    voi = group("FrameVOILUTSequence", WindowCenter="2000", WindowWidth="3000")
    ds.SharedFunctionalGroupsSequence = [merged(rescale, spacing, voi)]
    ds.PerFrameFunctionalGroupsSequence = [
        merged(group("FrameVOILUTSequence", WindowCenter=["1000", "4000"], WindowWidth=["1500", "900"])),
        merged(
            group("FrameVOILUTSequence", WindowCenter="500", WindowWidth="800", VOILUTFunction="SIGMOID"),
            group("PixelValueTransformationSequence", RescaleSlope="0.5", RescaleIntercept="10", RescaleType="US"),
        ),
        merged(group("PixelMeasuresSequence", PixelSpacing=["1", "1"])),
    ]
    yield "enhanced, groups of frames", ds


def real(kind, frames=1, **voi):
    values = ramp(-0.7, 3.1, frames)
    ds = instance(ParametricMapStorage, Rows=ROWS, Columns=COLUMNS, SamplesPerPixel=1)
    ds.PhotometricInterpretation, ds.NumberOfFrames, ds.Modality = "MONOCHROME2", frames, "MR"
    ds.BitsAllocated = 32 if kind == "f4" else 64
    mapping = group("RealWorldValueMappingSequence", RealWorldValueIntercept=-9.0, RealWorldValueSlope=7.0)
    shared = [mapping] if not voi else [mapping, group("FrameVOILUTSequence", **voi)]
    ds.SharedFunctionalGroupsSequence = [merged(*shared)]
    ds.PerFrameFunctionalGroupsSequence = [Dataset() for _ in range(frames)]
    if kind == "f4":
        ds.FloatPixelData = values.astype("<f4").tobytes()
    else:
        ds.DoubleFloatPixelData = values.astype("<f8").tobytes()
    return ds


def parametric():
    exact = {"WindowCenter": "1.2", "WindowWidth": "2.5", "VOILUTFunction": "LINEAR_EXACT"}
    yield "float", real("f4", frames=2, **exact)
    yield "double float", real("f8", **exact)
    yield "double float, SIGMOID", real("f8", **{**exact, "VOILUTFunction": "SIGMOID"})
    yield "float without a window", real("f4")


def generate(folder):
    """Writes all files. Returns their paths, named after their content."""
    paths = []
    for kinds in (windows, tables, palettes, colour, padding, overlays, enhanced, parametric):
        for name, ds in kinds():
            path = Path(folder) / f"{name}.dcm"
            ds.save_as(path, enforce_file_format=True)
            paths.append(path)
    return paths


if __name__ == "__main__":
    for written in generate(sys.argv[1]):
        print(written)
