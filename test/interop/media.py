"""Reads a File-set by its DICOMDIR: `media.py FOLDER` prints what it lists and what is wrong, as JSON."""

import json
import sys
from pathlib import Path

from pydicom import dcmread
from pydicom.fileset import FileSet

folder = Path(sys.argv[1])
dicomdir = dcmread(folder / "DICOMDIR")
file_set = FileSet(dicomdir)
wrong = []


def compare(record, instance):
    """Each key of a record is as the instance has it, or the instance has none."""
    for element in record:
        if element.tag.group == 4 or element.keyword in ("SpecificCharacterSet", "VerificationDateTime"):
            continue
        own = instance.get(element.keyword)
        if own is None or own == "" or (element.VR == "SQ" and element.keyword == "ContentSequence"):
            continue
        if element.VR == "SQ":
            if len(element.value) != len(own):
                wrong.append(f"{instance.filename}: {element.keyword}")
        elif element.value != own and str(element.value).strip() != str(own).strip():
            wrong.append(f"{instance.filename}: {element.keyword} {element.value!r} {own!r}")


def walk(offset, parents):
    while offset:
        record = by_offset[offset]
        seen.append(offset)
        if record.RecordInUseFlag != 0xFFFF:
            wrong.append(f"{offset}: not in use")
        path = parents + [record]
        if "ReferencedFileID" in record:
            components = record.ReferencedFileID
            components = [components] if isinstance(components, str) else list(components)
            file = folder.joinpath(*components)
            instance = dcmread(file, stop_before_pixels=True)
            paths.append("/".join(components))
            types.add(record.DirectoryRecordType)
            if record.ReferencedSOPInstanceUIDInFile != instance.SOPInstanceUID:
                wrong.append(f"{file}: SOP instance")
            if record.ReferencedSOPClassUIDInFile != instance.SOPClassUID:
                wrong.append(f"{file}: SOP class")
            if record.ReferencedTransferSyntaxUIDInFile != instance.file_meta.TransferSyntaxUID:
                wrong.append(f"{file}: transfer syntax")
            for one in path:
                compare(one, instance)
        walk(record.OffsetOfReferencedLowerLevelDirectoryEntity, path)
        offset = record.OffsetOfTheNextDirectoryRecord


by_offset = {record.seq_item_tell: record for record in dicomdir.DirectoryRecordSequence}
paths, types, seen = [], set(), []
walk(dicomdir.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity, [])
if sorted(seen) != sorted(by_offset):
    wrong.append("some records are not reached, or more than once")
found = sorted(Path(instance.path).relative_to(folder).as_posix() for instance in file_set)
if found != sorted(paths):
    wrong.append(f"FileSet finds {len(found)} files, the records name {len(paths)}")
json.dump({"paths": sorted(paths), "types": sorted(types), "wrong": wrong}, sys.stdout)
