"""Decodes code streams with OpenJPEG. Reads a JSON list of paths, prints [{"crc", "shape", "least", "greatest"}, ...]."""

import json
import sys
import zlib

import openjpeg


def describe(path):
    with open(path, "rb") as file:
        pixels = openjpeg.decode(file.read())
    return {
        "crc": zlib.crc32(pixels.tobytes()),
        "shape": pixels.shape[:2],
        "least": int(pixels.min()),
        "greatest": int(pixels.max()),
    }


json.dump([describe(path) for path in json.load(sys.stdin)], sys.stdout)
