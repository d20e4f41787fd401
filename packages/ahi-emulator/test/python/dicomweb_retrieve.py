"""Retrieves imported instances with dicomweb-client, and compares them with what pydicom reads from the files.

Reads a JSON list of {"original", "url", "study", "series", "instance", "lossy"?} from standard input, where "url" is
the URL of the data store. Prints a list of {"syntax", "problems"}. Metadata is read by pydicom's own DICOM JSON reader.
"""

import json
import sys
import warnings

import numpy
import pydicom
import requests
from dicomweb_client.api import DICOMwebClient
from pydicom.pixels import pixel_array

warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

EXPLICIT = "1.2.840.10008.1.2.1"
PIXELS = {0x7FE00001, 0x7FE00002, 0x7FE00010}
# JSON text is UTF-8, whatever the character set of the file.
CHARACTER_SET = 0x00080005


def elements(dataset, left_out):
    return {tag: dataset[tag] for tag in dataset.keys() if tag.element != 0 and tag not in left_out}


def differing(original, received, left_out=frozenset({CHARACTER_SET})):
    expected, actual = elements(original, left_out), elements(received, left_out)
    for tag in sorted(expected.keys() | actual.keys()):
        if tag not in actual:
            yield f"{tag} is missing"
        elif tag not in expected:
            yield f"{tag} is not in the original"
        elif expected[tag].VR != actual[tag].VR:
            yield f"{tag} is {actual[tag].VR} and not {expected[tag].VR}"
        elif not same(expected[tag], actual[tag]):
            yield f"{tag} differs"


def same(expected, actual):
    if expected.VR == "SQ":
        return len(expected.value) == len(actual.value) and not any(
            problem for pair in zip(expected.value, actual.value) for problem in differing(*pair)
        )
    if expected.is_empty or actual.is_empty:
        return expected.is_empty and actual.is_empty
    if expected.VR in ("DS", "IS"):
        return numpy.array_equal(numbers(expected), numbers(actual))
    if expected.VR in ("FL", "FD"):
        return numpy.array_equal(numbers(expected), numbers(actual), equal_nan=True)
    return expected.value == actual.value


def numbers(element):
    values = element.value if element.VM > 1 else [element.value]
    return [float("nan") if value in (None, "") else float(value) for value in values]


def read_metadata(client, case):
    place = (case["study"], case["series"], case["instance"])
    metadata = client.retrieve_instance_metadata(*place)
    of_series = client.retrieve_series_metadata(*place[:2])
    received = pydicom.Dataset.from_json(
        metadata, bulk_data_uri_handler=lambda tag, vr, uri: requests.get(uri, timeout=60).content
    )
    return received, metadata in of_series


def expected_frames(dataset):
    if "PixelData" not in dataset:
        return None
    array = pixel_array(dataset, raw=True)
    return list(array) if int(dataset.get("NumberOfFrames") or 1) > 1 else [array]


def differing_frames(client, case, dataset):
    expected = expected_frames(dataset)
    if expected is None:
        return
    wanted = list(range(len(expected), 0, -1))
    place = (case["study"], case["series"], case["instance"])
    frames = client.retrieve_instance_frames(*place, wanted, media_types=(("application/octet-stream", EXPLICIT),))
    if len(frames) != len(wanted):
        yield f"{len(frames)} frames"
    for number, frame in zip(wanted, frames):
        pixels = expected[number - 1]
        if dataset.BitsAllocated == 1:
            pixels = numpy.packbits(pixels, bitorder="little")
        if pixels.astype(pixels.dtype.newbyteorder("<")).tobytes() != frame:
            yield f"frame {number} differs"


def compare(case):
    client = DICOMwebClient(url=case["url"])
    original = pydicom.dcmread(case["original"])
    received, is_of_series = read_metadata(client, case)
    syntax = received[0x00020010].value
    group2 = [tag for tag in received.keys() if tag.group == 2]
    for tag in group2:
        del received[tag]
    problems = list(differing(original, received, PIXELS | {CHARACTER_SET}))
    if not is_of_series:
        problems.append("the metadata of the series has another")
    problems.extend(differing_frames(client, case, original))
    return {"syntax": syntax, "problems": problems}


json.dump([compare(case) for case in json.load(sys.stdin)], sys.stdout)
