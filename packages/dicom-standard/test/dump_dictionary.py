"""Prints pydicom's dictionary: [tag pattern, VR, VM, keyword, retired]."""
import json
import sys

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary

rows = [["%08X" % tag, *row] for tag, row in DicomDictionary.items()]
rows += [[tag, *row] for tag, row in RepeatersDictionary.items()]
json.dump([[tag, vr, vm, keyword, bool(retired)] for tag, vr, vm, name, retired, keyword in rows], sys.stdout)
