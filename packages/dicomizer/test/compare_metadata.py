"""Compares header-only files with an independent reading of the metadata document they were made from.

Arguments: the metadata document, the folder of files named by SOPInstanceUID. Prints {"instances", "attributes",
"fileMeta", "differences"}. Tags and VRs are pydicom's; every element of every file is compared. PixelData, which a
header lacks, and group 2, which PS3.10 has made anew, have expectations of their own.
"""
import base64
import json
import os
import struct
import sys
from decimal import Decimal

import pydicom
from pydicom import config
from pydicom.datadict import dictionary_VR, tag_for_keyword

config.replace_un_with_known_vr = False
NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
BINARY = {"OB", "OD", "OF", "OL", "OV", "OW", "UN"}

document = json.loads(open(sys.argv[1]).read(), parse_float=Decimal)
folder = sys.argv[2]
differences, counts = [], {"instances": 0, "attributes": 0, "fileMeta": 0}


def tag_of(key):
    tag = tag_for_keyword(key)
    return int(key, 16) if tag is None else tag


def expected_vr(tag, vrs, attributes):
    """Returns the VR by PS3.6 for public elements, by the document for private ones, and by PS3.5 A.2 for
    ambiguous ones."""
    if (tag >> 16) % 2 == 1:
        return "LO" if 0x10 <= tag & 0xFFFF <= 0xFF else vrs["%08X" % tag]
    vr = dictionary_VR(tag)
    if vr == "US or SS":
        return "SS" if attributes.get("PixelRepresentation") == 1 else "US"
    return "OW" if " or " in vr else vr


def expected_bytes(vr, value):
    """Returns the value field without its padding."""
    if value is None or value == "":
        return b""
    if vr in BINARY:
        return base64.b64decode(value)
    values = value if isinstance(value, list) else [value]
    if vr in NUMBERS:
        numbers = [float(item) if vr in ("FL", "FD") else item for item in values]
        return struct.pack(f"<{len(values)}{NUMBERS[vr]}", *numbers)
    if vr == "AT":
        return b"".join(struct.pack("<HH", int(item[:4], 16), int(item[4:], 16)) for item in values)
    return "\\".join(values).encode("ascii").rstrip(b" ")


def actual_bytes(data_set, tag, vr):
    raw = data_set.get_item(tag)
    if isinstance(raw.value, bytes) or raw.value is None:
        value = raw.value or b""
        return value if vr in NUMBERS or vr in BINARY or vr == "AT" else value.rstrip(b" \0")
    # pydicom reads a few elements at once.
    return expected_bytes(vr, list(raw.value) if isinstance(raw.value, pydicom.multival.MultiValue) else raw.value)


def compare(where, data_set, attributes, vrs):
    expected = {tag_of(key): value for key, value in attributes.items()}
    for tag in sorted({*expected, *(int(tag) for tag in data_set.keys())}):
        counts["attributes"] += 1
        if tag not in data_set or tag not in expected:
            differences.append([where, "%08X" % tag, "not in the " + ("document" if tag in data_set else "file")])
            continue
        vr = expected_vr(tag, vrs, attributes)
        if data_set.get_item(tag).VR != vr:
            differences.append([where, "%08X" % tag, "VR", vr, data_set.get_item(tag).VR])
        elif vr == "SQ":
            items, others = data_set[tag].value, expected[tag] or []
            if len(items) != len(others):
                differences.append([where, "%08X" % tag, "items"])
            for index, (item, other) in enumerate(zip(items, others)):
                compare(f"{where} {tag:08X}[{index}]", item, other, vrs)
        elif actual_bytes(data_set, tag, vr) != expected_bytes(vr, expected[tag]):
            differences.append([where, "%08X" % tag, "value"])


def compare_file_meta(uid, meta, attributes):
    """Compares group 2 with the imported file's: identifiers and senders are kept, the rest is the writer's."""
    kept = ("FileMetaInformationVersion", "MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID")
    kept += ("SourceApplicationEntityTitle", "SendingApplicationEntityTitle", "ReceivingApplicationEntityTitle")
    for keyword in kept:
        value = attributes.get(keyword)
        if value is None:
            continue
        counts["fileMeta"] += 1
        actual = meta.get(keyword)
        if (base64.b64encode(actual).decode() if isinstance(actual, bytes) else actual) != value:
            differences.append([uid, keyword, "value"])
    if meta.TransferSyntaxUID != "1.2.840.10008.1.2.1":
        differences.append([uid, "TransferSyntaxUID", "value"])


for series in document["Study"]["Series"].values():
    for uid, instance in series["Instances"].items():
        counts["instances"] += 1
        data_set = pydicom.dcmread(os.path.join(folder, uid + ".dcm"))
        attributes = {
            **instance["DICOM"],
            **series["DICOM"],
            **document["Study"]["DICOM"],
            **document["Patient"]["DICOM"],
        }
        file_meta = {key: value for key, value in attributes.items() if tag_of(key) >> 16 == 2}
        compare_file_meta(uid, data_set.file_meta, file_meta)
        if attributes.pop("PixelData", None) is not None:
            differences.append([uid, "PixelData", "a value in the document"])
        compare(uid, data_set, {key: value for key, value in attributes.items() if key not in file_meta}, instance["DICOMVRs"])
json.dump({**counts, "differences": differences[:20]}, sys.stdout)
