"""Prints the text attributes of files (paths as arguments) in the value forms of a metadata document.

Each file is {"attributes": {keyword: value}, "bytes": {path of keywords: base64 of the element's value in the file}}.
"""
import base64
import json
import sys

import pydicom

TEXT = {"SH", "LO", "ST", "LT", "UC", "UT", "PN", "CS"}


def json_value(element):
    if element.value is None or element.value == "":
        return None
    if isinstance(element.value, pydicom.multival.MultiValue):
        return [str(item) for item in element.value]
    return str(element.value)


def attributes_of(data_set):
    attributes = {}
    for element in data_set:
        if element.VR == "SQ":
            attributes[element.keyword] = [attributes_of(item) for item in element.value]
        elif element.VR in TEXT and element.keyword:
            attributes[element.keyword] = json_value(element)
    return attributes


def bytes_of(data_set, path, texts):
    for tag in data_set.keys():
        element = data_set.get_item(tag)
        where = path + pydicom.datadict.keyword_for_tag(tag)
        if element.VR == "SQ":
            for index, item in enumerate(data_set[tag].value):
                bytes_of(item, f"{where}[{index}].", texts)
        elif element.VR in TEXT and isinstance(element.value, bytes) and not tag.is_private:
            texts[where] = base64.b64encode(element.value).decode()
    return texts


files = []
for path in sys.argv[1:]:
    raw = pydicom.dcmread(path, force=True)
    files.append(
        {"attributes": attributes_of(pydicom.dcmread(path, force=True)), "bytes": bytes_of(raw, "", {})}
    )
json.dump(files, sys.stdout)
