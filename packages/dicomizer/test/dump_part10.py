"""Reads DICOM files with pydicom (paths as a JSON array on standard input) and prints their elements as JSON.

Each file is {"meta": group 2 with values as str() has them, "frames": encapsulated frames as base64, "dataSet": data set}; a data set is {GGGGEEEE: {"vr", "value"}}. Text is one string with
backslashes between values, integers are decimal strings, floats are their bytes in hexadecimal, AT is GGGGEEEE, binary
is base64, a sequence is an array of data sets. An element without a value has an empty string or array.
"""
import base64
import json
import struct
import sys
import warnings

import pydicom

warnings.simplefilter("error")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

INTEGERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q"}
FLOATS = {"FL": "f", "FD": "d"}
ENCODED_TEXT = {"SH", "LO", "ST", "LT", "UC", "UT", "PN"}
BINARY = {"OB", "OW", "OL", "OV", "OF", "OD", "UN"}


def value_of(data_set, tag, raw):
    if raw.VR == "SQ":
        return [dump(item) for item in data_set[tag].value]
    data = raw.value if raw.value is not None else b""
    if raw.VR in ENCODED_TEXT:
        value = data_set[tag].value
        if value is None:
            return ""
        if isinstance(value, pydicom.multival.MultiValue):
            return "\\".join(str(item) for item in value)
        return str(value)
    if raw.VR in BINARY:
        return base64.b64encode(data).decode()
    if isinstance(data, int):  # PixelRepresentation, which pydicom reads ahead
        return [str(data)]
    if raw.VR in INTEGERS:
        code = INTEGERS[raw.VR]
        return [str(item) for item in struct.unpack(f"<{len(data) // struct.calcsize(code)}{code}", data)]
    if raw.VR in FLOATS:
        code = FLOATS[raw.VR]
        size = struct.calcsize(code)
        return [data[at : at + size].hex() for at in range(0, len(data), size)]
    if raw.VR == "AT":
        words = struct.unpack(f"<{len(data) // 2}H", data)
        return ["%04X%04X" % pair for pair in zip(words[::2], words[1::2])]
    if not isinstance(data, bytes):  # SpecificCharacterSet, which pydicom reads at once
        return data if isinstance(data, str) else "\\".join(str(item) for item in data)
    return data.decode("ascii").rstrip(" \0")


def dump(data_set):
    elements = {}
    for tag in data_set.keys():
        raw = data_set.get_item(tag)
        elements["%08X" % int(tag)] = {"vr": str(raw.VR), "value": value_of(data_set, tag, raw)}
    return elements


def encapsulated_frames(data_set):
    if not data_set.file_meta.TransferSyntaxUID.is_encapsulated or "PixelData" not in data_set:
        return []
    count = int(data_set.get("NumberOfFrames") or 1)
    frames = pydicom.encaps.generate_frames(data_set.PixelData, number_of_frames=count)
    return [base64.b64encode(frame).decode() for frame in frames]


files = []
for path in json.load(sys.stdin):
    data_set = pydicom.dcmread(path)
    meta = {"%08X" % int(e.tag): {"vr": e.VR, "value": str(e.value)} for e in data_set.file_meta}
    elements = dump(data_set)
    files.append({"meta": meta, "frames": encapsulated_frames(data_set), "dataSet": elements})
json.dump(files, sys.stdout)
