"""Writes files with random data sets, or compares data sets restored from the metadata document with them.

    data_sets.py write SEED COUNT FOLDER     writes 0.dcm, 1.dcm, ... in Explicit VR Little Endian
    data_sets.py compare ORIGINALS FOLDER    prints [[file, path of the element, difference], ...]

The elements are those of pydicom's dictionary, repeating groups, unknown tags and private tags. They are written byte by
byte here and read by pydicom. Only padding may differ.
"""

import json
import os
import random
import struct
import sys
import warnings

import pydicom
from pydicom import config
from pydicom.datadict import DicomDictionary, RepeatersDictionary

warnings.simplefilter("ignore")
config.settings.reading_validation_mode = config.IGNORE
config.replace_un_with_known_vr = False

LONG = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
UNITS = {"OB": 2, "UN": 2, "OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
CHARACTER_SET_VRS = {"LO", "LT", "PN", "SH", "ST", "UC", "UT"}
SINGLE_VALUED = {"LT", "ST", "UR", "UT"}
PRIVATE_VRS = sorted({*LONG, *NUMBERS, *CHARACTER_SET_VRS, "AE", "AS", "AT", "CS", "DA", "DS", "DT", "IS", "TM", "UI"})
# Elements that the importer or the writer sets, and the keys of MISTAKEN below.
RESERVED = {0x00080005, 0x00080016, 0x00080018, 0x00280100, 0x00280103, 0x54001004}
RESERVED |= {0x00100020, 0x00280010, 0x00280009, 0x00281201, 0x00400275}
ENTRIES = [
    (tag, entry[0], entry[1])
    for tag, entry in DicomDictionary.items()
    if tag >> 16 not in (0, 2, 0xFFFE, 0x7FE0) and tag & 0xFFFF and tag not in RESERVED and entry[0] != "NONE"
]
REPEATERS = [(mask, entry[0], entry[1]) for mask, entry in RepeatersDictionary.items() if mask[:2] in ("50", "60")]
# Public elements with another VR than in the dictionary: LO, US, AT, OW, SQ.
MISTAKEN = {0x00100020: "OB", 0x00280010: "AT", 0x00280009: "SH", 0x00281201: "UL", 0x00400275: "LT"}
# Defined terms, Python codec, characters.
CHARACTER_SETS = [
    (None, "ascii", "abc XYZ 019,-_"),
    ("ISO_IR 100", "latin-1", "aé ßÆñ"),
    ("ISO_IR 101", "iso8859-2", "aęłžŚ"),
    ("ISO_IR 109", "iso8859-3", "aĦħŝ"),
    ("ISO_IR 110", "iso8859-4", "aĐŋū"),
    ("ISO_IR 144", "iso8859-5", "aДжЯ"),
    ("ISO_IR 127", "iso8859-6", "aقبا"),
    ("ISO_IR 126", "iso8859-7", "aΔιο"),
    ("ISO_IR 138", "iso8859-8", "aשרו"),
    ("ISO_IR 148", "iso8859-9", "ağİş"),
    ("ISO_IR 203", "iso8859-15", "a€Šœ"),
    ("ISO_IR 166", "tis-620", "aนามสกุ"),
    ("ISO_IR 13", "shift_jis", "aﾔﾏﾀﾞ"),
    ("ISO_IR 192", "utf-8", "aé日本語한글𝔘"),
    ("GB18030", "gb18030", "a王小东é𝔘"),
    ("GBK", "gbk", "a王小东"),
]


class Writer:
    def __init__(self, chance):
        self.chance = chance

    def data_set(self, depth, codec, characters, signed):
        elements = {}
        for tag, vr, vm in self.chance.sample(ENTRIES, self.chance.randint(0, 25 if depth == 3 else 6)):
            elements[tag] = self.element(tag, vr, vm, depth, codec, characters, signed)
        for tag in MISTAKEN if self.chance.random() < 0.3 else []:
            elements[tag] = self.element(tag, MISTAKEN[tag], "1", depth, codec, characters, signed)
        for mask, vr, vm in self.chance.sample(REPEATERS, self.chance.randint(0, 4)):
            tag = int(mask[:2] + "%02X" % (2 * self.chance.randint(0, 15)) + mask[4:].replace("x", "0"), 16)
            elements[tag] = self.element(tag, vr, vm, depth, codec, characters, signed)
        if self.chance.random() < 0.3:
            # DICOMVRs has only one VR per tag.
            index = self.chance.randrange(len(PRIVATE_VRS))
            tag = 0x00189F00 + index
            elements[tag] = self.element(tag, PRIVATE_VRS[index], "1-n", depth, codec, characters, signed)
        self.private_blocks(elements, depth, codec, characters, signed)
        return elements

    def private_blocks(self, elements, depth, codec, characters, signed):
        """Private blocks of two creators, which swap places between data sets."""
        blocks = self.chance.sample([0x10, 0x11, 0xFE], self.chance.randint(0, 2))
        for block, maker in zip(blocks, ("MAKER A", "MAKER B")):
            elements[0x00290000 | block] = explicit(0x00290000 | block, "LO", maker.encode())
            for low in self.chance.sample(range(256), self.chance.randint(0, 6)):
                tag = 0x00290000 | block << 8 | low
                vr = PRIVATE_VRS[(block + low) % len(PRIVATE_VRS)]
                elements[tag] = self.element(tag, vr, "1-n", depth, codec, characters, signed)

    def element(self, tag, vr, vm, depth, codec, characters, signed):
        if vr == "US or SS":
            vr = "SS" if signed else "US"
        elif " or " in vr:
            vr = "OW"
        if self.chance.random() < 0.1 or (vr == "SQ" and depth == 0):
            return explicit(tag, vr, b"")
        if vr == "SQ":
            items = [self.item(depth - 1, codec, characters, signed) for _ in range(self.chance.randint(0, 2))]
            return explicit(tag, vr, b"".join(items))
        count = 1 if vm == "1" or vr in UNITS or vr in SINGLE_VALUED else self.chance.randint(1, 4)
        return explicit(tag, vr, self.value(vr, count, codec, characters))

    def item(self, depth, codec, characters, signed):
        own = {}
        if self.chance.random() < 0.2:
            term, codec, characters = self.chance.choice(CHARACTER_SETS[1:])
            own[0x00080005] = explicit(0x00080005, "CS", term.encode())
        content = encoded({**self.data_set(depth, codec, characters, signed), **own})
        if self.chance.random() < 0.5:
            return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content
        return struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + content + struct.pack("<HHI", 0xFFFE, 0xE00D, 0)

    def value(self, vr, count, codec, characters):
        chance = self.chance
        if vr in UNITS:
            return chance.randbytes(UNITS[vr] * chance.randint(1, 8))
        if vr == "AT":
            return struct.pack(f"<{2 * count}H", *(chance.getrandbits(16) for _ in range(2 * count)))
        if vr in ("FL", "FD"):
            return b"".join(self.float_bytes(vr) for _ in range(count))
        if vr in NUMBERS:
            return chance.randbytes(struct.calcsize("<" + NUMBERS[vr]) * count)
        return self.texts(vr, count, codec, characters)

    def float_bytes(self, vr):
        special = self.chance.random() < 0.2
        if special:
            return struct.pack("<" + NUMBERS[vr], self.chance.choice([0.0, -0.0, 1e30, 0.1, float("inf"), float("-inf"), float("nan")]))
        raw = self.chance.randbytes(struct.calcsize(NUMBERS[vr]))
        (number,) = struct.unpack("<" + NUMBERS[vr], raw)
        # JSON cannot keep the payload of a NaN.
        return struct.pack("<" + NUMBERS[vr], float("nan")) if number != number else raw

    def texts(self, vr, count, codec, characters):
        texts = [self.text(vr, characters) for _ in range(count)]
        if count > 1 and self.chance.random() < 0.3:
            texts[self.chance.randrange(count)] = ""
        return "\\".join(texts).encode(codec if vr in CHARACTER_SET_VRS else "ascii")

    def text(self, vr, characters):
        chance = self.chance
        if vr == "IS":
            return str(chance.randint(-(2**31), 2**31 - 1))
        if vr == "DS":
            return chance.choice(["1.000000", "-2.625000", "1e-05", "+3", ".5", "33.333", "0"])
        if vr == "UI":
            return ".".join(str(chance.randint(0, 10**6)) for _ in range(5))
        if vr == "PN":
            return self.word(characters) + "^" + self.word(characters) + chance.choice(["", "=" + self.word(characters)])
        if vr in ("LT", "ST", "UT"):
            return chance.choice(["", "  ", "a\\b\r\n"]) + self.word(characters)
        return self.word(characters if vr in CHARACTER_SET_VRS else "ABC 019_")

    def word(self, characters):
        letters = "".join(self.chance.choice(characters) for _ in range(self.chance.randint(1, 12))).strip()
        return letters or characters[0]


def explicit(tag, vr, value):
    if len(value) % 2:
        value += b"\0" if vr in ("UI", "OB", "UN") else b" "
    header = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    return header + (struct.pack("<HI", 0, len(value)) if vr in LONG else struct.pack("<H", len(value))) + value


def encoded(elements):
    return b"".join(elements[tag] for tag in sorted(elements))


def write(seed, count, folder):
    chance = random.Random(seed)
    for index in range(count):
        term, codec, characters = chance.choice(CHARACTER_SETS)
        signed = chance.randint(0, 1)
        elements = Writer(chance).data_set(3, codec, characters, signed)
        elements[0x00080016] = explicit(0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.2")
        elements[0x00080018] = explicit(0x00080018, "UI", b"1.2.3")
        elements[0x00280103] = explicit(0x00280103, "US", struct.pack("<H", signed))
        if term is not None:
            elements[0x00080005] = explicit(0x00080005, "CS", term.encode())
        meta = explicit(0x00020001, "OB", b"\0\1") + explicit(0x00020010, "UI", b"1.2.840.10008.1.2.1")
        with open(os.path.join(folder, f"{index}.dcm"), "wb") as file:
            file.write(b"\0" * 128 + b"DICM" + explicit(0x00020000, "UL", struct.pack("<I", len(meta))) + meta + encoded(elements))


def compare(originals, folder):
    differences = []
    names = sorted(os.listdir(originals))
    for name in names:
        original = pydicom.dcmread(os.path.join(originals, name))
        compare_data_sets(name, original, pydicom.dcmread(os.path.join(folder, name)), "", differences)
    return {"files": len(names), "differences": differences[:20]}


def compare_data_sets(name, original, written, path, differences):
    for tag in sorted({*original.keys(), *written.keys()}):
        where = f"{path}{int(tag):08X}"
        if tag not in original or tag not in written:
            differences.append([name, where, "only written" if tag in written else "lost"])
            continue
        left, right = original.get_item(tag), written.get_item(tag)
        if left.VR != right.VR:
            differences.append([name, where, f"VR {left.VR} {right.VR}"])
        elif left.VR == "SQ":
            items, others = original[tag].value, written[tag].value
            if len(items) != len(others):
                differences.append([name, where, f"{len(items)} items, {len(others)} items"])
            for index, (item, other) in enumerate(zip(items, others)):
                compare_data_sets(name, item, other, f"{where}[{index}].", differences)
        elif content(left) != content(right):
            differences.append([name, where, f"{left.VR} {left.value!r} {right.value!r}"])


def content(element):
    """The bytes without padding. Elements that pydicom has already parsed are compared as they are."""
    if not isinstance(element.value, bytes) or element.VR in NUMBERS or element.VR in UNITS or element.VR == "AT":
        return element.value
    return element.value.rstrip(b"\0 ")


if sys.argv[1] == "write":
    write(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    json.dump({}, sys.stdout)
else:
    json.dump(compare(sys.argv[2], sys.argv[3]), sys.stdout)
