"""Reads files (paths as a JSON array on standard input) with pydicom, every value of every element.

Prints for each file the tags of its data set, without (0008,0005), or what failed.
"""
import json
import sys
import warnings

import pydicom

warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
# Bytes in UN need not be a whole number of values of the dictionary's VR.
pydicom.config.convert_wrong_length_to_UN = True


def read(data_set):
    for element in data_set:
        if element.VR == "SQ":
            for item in element.value:
                read(item)
        else:
            str(element.value)


results = []
for path in json.load(sys.stdin):
    try:
        data_set = pydicom.dcmread(path)
        read(data_set)
        results.append(["%08X" % int(tag) for tag in data_set.keys() if tag != 0x00080005])
    except Exception as error:
        results.append(f"{type(error).__name__}: {error}")
json.dump(results, sys.stdout)
