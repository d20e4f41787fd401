"""Compares header-only files with an independent reading of the metadata document they were made from.

Arguments: the metadata document, the folder of files named by SOPInstanceUID. Prints {"instances", "attributes",
"differences"}; tags and VRs are pydicom's.
"""
import base64
import json
import os
import sys

import pydicom
from pydicom.datadict import dictionary_VR, tag_for_keyword

document = json.load(open(sys.argv[1]))
folder = sys.argv[2]
differences, attributes, instances = [], 0, 0


def expected_text(vr, value):
    if value is None:
        return ""
    values = value if isinstance(value, list) else [value]
    return "\\".join(str(item) for item in values)


def actual_text(element):
    if element.value is None:
        return ""
    if isinstance(element.value, bytes):
        return base64.b64encode(element.value).decode()
    values = element.value if isinstance(element.value, pydicom.multival.MultiValue) else [element.value]
    # DS and IS keep their text; PersonName keeps its bytes under the same name.
    texts = [getattr(item, "original_string", None) for item in values]
    return "\\".join(text if isinstance(text, str) else str(item) for text, item in zip(texts, values))


for series in document["Study"]["Series"].values():
    for uid, instance in series["Instances"].items():
        instances += 1
        data_set = pydicom.dcmread(os.path.join(folder, uid + ".dcm"))
        expected = {
            **instance["DICOM"],
            **series["DICOM"],
            **document["Study"]["DICOM"],
            **document["Patient"]["DICOM"],
        }
        unseen = {int(tag) for tag in data_set.keys()}
        for keyword, value in expected.items():
            tag = tag_for_keyword(keyword)
            if tag is None:
                tag = int(keyword, 16)
            if tag >> 16 == 2 or keyword == "PixelData":
                continue
            attributes += 1
            if tag not in data_set:
                differences.append([uid, keyword, "missing"])
                continue
            unseen.discard(tag)
            element = data_set[tag]
            vr = dictionary_VR(tag)
            if vr != element.VR and element.VR not in vr.split(" or "):
                differences.append([uid, keyword, "VR", vr, element.VR])
            if expected_text(vr, value) != actual_text(element):
                differences.append([uid, keyword, "value"])
        differences += [[uid, "%08X" % tag, "not in the document"] for tag in unseen]
json.dump({"instances": instances, "attributes": attributes, "differences": differences[:20]}, sys.stdout)
