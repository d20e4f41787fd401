"""Compares tables with what pydicom reads from the files that the rows are of.

table_values.py write FILE            writes a file with values of the VRs that the shared files lack
table_values.py compare TABLES FILES...  compares table.csv, table.ndjson and table.parquet; all are folders, FILES the originals
"""

from __future__ import annotations

import base64
import csv
import datetime
import json
import math
import re
import sys
import warnings
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy
import pyarrow.parquet
import pydicom
from pydicom._dicom_dict import RepeatersDictionary
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.tag import BaseTag, Tag
from pydicom.uid import ExplicitVRLittleEndian

from element_values import LEADING_SPACES_MEAN, canonical, dictionary_vr, items_of

warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE

Values = list  # of one attribute; None instead if it is absent
csv.field_size_limit(sys.maxsize)


REPEATED = {entry[4]: int(mask.replace("x", "0"), 16) for mask, entry in RepeatersDictionary.items()}


class Rules:
    """Takes note of nothing: every difference counts."""

    def explained(self, _: str) -> bool:
        return True


@cache
def steps_of(column: str) -> list[tuple[int, int, str] | int]:
    return [parsed_step(step) for step in ([column] if column.startswith("(") else column.split("."))]


def parsed_step(step: str) -> tuple[int, int, str] | int:
    private = re.fullmatch(r'\((....),xx(..),"?([^"]*?)"?\)', step)
    if private is not None:
        return int(private[1], 16), int(private[2], 16), private[3]
    return tag_for_keyword(step) or REPEATED.get(step) or int(step, 16)


def tag_in(dataset: Dataset, step: tuple[int, int, str] | int) -> BaseTag | None:
    if isinstance(step, int):
        return Tag(step)
    group, element, creator = step
    for tag in dataset.keys():
        if tag.group == group and tag.is_private_creator and str(dataset[tag].value).strip() == creator:
            return Tag(group, (tag.element << 8) + element)
    return None


def values_of(dataset: Dataset, column: str) -> Values | None:
    *path, last = steps_of(column)
    datasets = [dataset]
    for step in path:
        held = [(one, tag_in(one, step)) for one in datasets]
        datasets = [item for one, tag in held if tag is not None and tag in one for item in items_of(one, tag) or []]
    found = [(one, tag_in(one, last)) for one in datasets]
    lists = [element_values(one, tag) for one, tag in found if tag is not None and tag in one]
    return [value for values in lists for value in values] if lists else None


def element_values(dataset: Dataset, tag: BaseTag) -> Values:
    items = items_of(dataset, tag)
    if items is not None:
        return list(items)
    vr = str(dataset.get_item(tag).VR or dictionary_vr(tag))
    vr = dictionary_vr(tag) if vr == "UN" else vr
    vr = str(dataset[tag].VR) if " or " in vr else vr
    values = canonical(Rules(), dataset, tag, vr)
    if vr == "AT":
        words = numpy.frombuffer(values, "<u2").tolist()
        return [f"{group:04X}{element:04X}" for group, element in zip(words[::2], words[1::2])]
    if isinstance(values, bytes):
        return [base64.b64encode(values).decode()] if values else []
    return [typed(value, vr) for value in values]


def typed(value: object, vr: str) -> object:
    if value == "":
        return None
    try:
        if vr == "DS":
            return float(value)
        if vr == "IS":
            return int(float(value)) if float(value).is_integer() else value
        if vr == "DA" and re.fullmatch(r"\d{8}", value):
            return datetime.datetime.strptime(value, "%Y%m%d").date().isoformat()
    except ValueError:
        pass
    return value


def name(value: object) -> object:
    """Empty components and representations at the end of a name do not count."""
    if not isinstance(value, str):
        return value
    return "=".join(group.rstrip("^ ") for group in value.split("=")).rstrip("=")


def is_same(expected: object, got: object, is_name: bool) -> bool:
    if isinstance(expected, Dataset):
        return isinstance(got, dict)
    if isinstance(expected, float) and isinstance(got, (int, float)):
        return expected == got or (math.isnan(expected) and math.isnan(got))
    return (name(expected) == name(got)) if is_name else expected == got


class Table:
    """One form of the table: how it writes what pydicom reads."""

    def __init__(self, form: str, columns: list[dict], rows: list[dict]) -> None:
        self.form, self.columns, self.rows = form, columns, rows

    def differences(self, row: dict, read: list[Values | None]) -> list[str]:
        wrong = []
        for column, expected in zip(self.columns, read):
            if not self.agrees(column, expected, row):
                got = row.get(column["name"], "absent")
                wrong.append(f"{self.form} {column['name']}: {str(expected)[:80]!r}, got {str(got)[:80]!r}")
        return wrong

    def agrees(self, column: dict, expected: Values | None, row: dict) -> bool:
        try:
            return getattr(self, self.form)(column, expected, row)
        except (TypeError, ValueError):
            return False

    def ndjson(self, column: dict, expected: Values | None, row: dict) -> bool:
        if expected is None or column["name"] not in row:
            return expected is None and column["name"] not in row
        got = row[column["name"]]
        values = got if isinstance(got, list) else [] if got is None else [got]
        values = [float(one) if one in ("NaN", "Infinity", "-Infinity") else one for one in values]
        return self.all_same(column, expected, values)

    def csv(self, column: dict, expected: Values | None, row: dict) -> bool:
        text = row[column["name"]]
        if not expected or expected == [None]:
            return (name(text) if column.get("vr") == "PN" else text) == ""
        if isinstance(expected[0], Dataset):
            return len(json.loads(text)) == len(expected)
        parts = text.split("\\") if len(expected) > 1 else [text]
        values = [None if part == "" else part for part in parts]
        values = [float(one) if isinstance(want, float) else one for want, one in zip(expected, values)]
        values = [int(one) if isinstance(want, int) else one for want, one in zip(expected, values)]
        return self.all_same(column, expected, values) and len(parts) == len(expected)

    def parquet(self, column: dict, expected: Values | None, row: dict) -> bool:
        got, kind = row[column["name"]], column["type"]
        if expected is None:
            return got is None
        if column["isList"]:
            values = [one.isoformat() if isinstance(one, datetime.date) else one for one in got]
            return self.all_same(column, [None if misfits(one, kind) else one for one in expected], values, kind == "string")
        if kind == "json":
            return len(json.loads(got or "[]")) == len(expected)
        if kind in ("string", "mixed"):
            return self.csv(column, expected, {column["name"]: got})
        if len(expected) != 1 or misfits(expected[0], kind):
            return got is None
        return self.all_same(column, expected, [got.isoformat() if isinstance(got, datetime.date) else got])

    def all_same(self, column: dict, expected: Values, got: Values, is_text: bool = False) -> bool:
        expected = ["" if one is None and is_text else one for one in expected]
        if expected == [None]:
            expected = []
        is_name = column.get("vr") == "PN"
        if is_name and [name(one) for one in got] == [""]:
            got = []
        return len(expected) == len(got) and all(is_same(one, other, is_name) for one, other in zip(expected, got))


def misfits(value: object, kind: str) -> bool:
    """Whether a column of Parquet cannot hold it."""
    if kind == "date":
        return not re.fullmatch(r"\d{4}-\d\d-\d\d", str(value))
    if kind == "int32":
        return not (isinstance(value, int) and -(2**31) <= value < 2**31)
    return kind in ("double", "int64", "uint64") and not isinstance(value, (int, float))


def read_tables(folder: Path) -> list[Table]:
    columns = json.loads((folder / "columns.json").read_text())
    with open(folder / "table.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = (folder / "table.ndjson").read_text(encoding="utf-8").splitlines()
    parquet = pyarrow.parquet.read_table(folder / "table.parquet").to_pylist()
    return [
        Table("csv", columns, rows),
        Table("ndjson", columns, [json.loads(line) for line in lines]),
        Table("parquet", columns, parquet),
    ]


def read_originals(folders: list[Path]) -> dict[str, list[Dataset]]:
    found = defaultdict(list)
    for path in (path for folder in folders for path in sorted(folder.rglob("*"))):
        try:
            dataset = pydicom.dcmread(path)
            found[str(dataset.SOPInstanceUID)].append(dataset)
        except Exception:
            continue
    return found


def compare(tables: Path, originals: list[Path]) -> None:
    """A row has to agree with one of the files that have its instance. The one that agrees best is reported."""
    forms = read_tables(tables)
    names = [column["name"] for column in forms[0].columns]
    found = read_originals(originals)
    wrong: dict[str, list[str]] = {}
    for rows in zip(*(table.rows for table in forms), strict=True):
        uid = rows[0]["SOPInstanceUID"]
        read = [[values_of(dataset, name) for name in names] for dataset in found[uid]]
        lists = [[line for table, row in zip(forms, rows) for line in table.differences(row, one)] for one in read]
        best = min(lists, key=len, default=["no file"])
        if best:
            wrong[uid] = best
    print(json.dumps({"rows": len(forms[0].rows), "differences": wrong}))


def write(path: Path) -> None:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.66", "1.2.826.0.1.3680043.10.1.1"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.826.0.1.3680043.10.1.2", "1.2.826.0.1.3680043.10.1.3"
    dataset.Modality, dataset.PatientID = "OT", '=1+1,"\n'
    dataset.PatientName = "Doe^John=山田^太郎=やまだ^たろう"
    dataset.ImageComments = '  "a",\r\n=HYPERLINK(1)\\b\t\u0085 '
    dataset.add_new(0x00080303, "UC", '+a\\-b "c"')
    dataset.add_new(0x00081190, "UR", "http://example.com/?a=1,2")
    dataset.add_new(0x00082112, "SQ", [])
    private = dataset.private_block(0x0019, "ACME (1.1), \u00e9", create=True)
    for element, (vr, value) in enumerate(
        [
            ("SV", [-(2**63), 2**63 - 1]),
            ("UV", [2**64 - 1]),
            ("OL", b"\x01\x02\x03\x04"),
            ("OV", b"\x01\x02\x03\x04\x05\x06\x07\x08"),
            ("OD", b"\x00" * 8),
            ("FD", [float("nan"), float("inf"), -0.0, 1e300]),
            ("FL", [0.1]),
            ("DT", "20240229103000.5+0100"),
            ("TM", "093000"),
            ("DA", ["20240229", "2024022"]),
            ("DS", ["1.5", "", "-.5e3"]),
            ("IS", ["2147483647", "-7"]),
            ("LO", ""),
            ("UN", b"\xff\x00"),
        ]
    ):
        private.add_new(element + 1, vr, value)
    dataset.save_as(path, enforce_file_format=True)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]))
    else:
        compare(Path(sys.argv[2]), [Path(folder) for folder in sys.argv[3:]])
