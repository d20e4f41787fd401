"""Specific Character Set: those that the real files lack, items with their own, code extensions."""

from __future__ import annotations

from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from objects.pictures import grey, image
from objects.writing import item, save_as_is, set_bytes

# Defined term, text, how Python encodes it.
SINGLE = (
    ("ISO_IR 100", "Müller^Jürgen", "latin_1"),
    ("ISO_IR 101", "Wałęsa^Żółć", "iso8859_2"),
    ("ISO_IR 109", "Ĉapelo^Ŝĝ", "iso8859_3"),
    ("ISO_IR 110", "Āžuols^Ģķ", "iso8859_4"),
    ("ISO_IR 144", "Люкceмбypг", "iso8859_5"),
    ("ISO_IR 127", "قباني^لنزار", "iso8859_6"),
    ("ISO_IR 126", "Διονυσιος", "iso8859_7"),
    ("ISO_IR 138", "שרון^דבורה", "iso8859_8"),
    ("ISO_IR 148", "Çavuşoğlu^İ", "iso8859_9"),
    ("ISO_IR 166", "นามสกุล^ชื่อ", "iso8859_11"),
    ("ISO_IR 203", "Œuvre^Š€Ž", "iso8859_15"),
    ("ISO_IR 13", "ﾔﾏﾀﾞ^ﾀﾛｳ", "shift_jis"),
    ("ISO_IR 192", "漢字^Ünïcode^😀", "utf_8"),
    ("GB18030", "王^小东^𠀀", "gb18030"),
    ("GBK", "王^小東", "gbk"),
)


def write(folder: Path) -> None:
    for term, text, encoding in SINGLE:
        name = term.lower().replace(" ", "-").replace("_", "-")
        dataset = image(name, grey(9, 8))
        set_text(dataset, term, text.encode(encoding))
        save_as_is(folder, name, dataset)
    extended(folder)
    items(folder)
    odd_terms(folder)


def set_text(dataset: Dataset, term: str, text: bytes, syntax: UID = ExplicitVRLittleEndian) -> None:
    """Text as bytes: what a writer with an encoder of its own makes."""
    set_bytes(dataset, "SpecificCharacterSet", "CS", term.encode("ascii"), syntax)
    set_bytes(dataset, "PatientName", "PN", text, syntax)
    plain = text.replace(b"^", b" ").replace(b"=", b" ")
    for keyword, vr in (("StudyDescription", "LO"), ("ImageComments", "LT"), ("SelectorUCValue", "UC")):
        set_bytes(dataset, keyword, vr, plain, syntax)
    if len(plain) <= 16:
        set_bytes(dataset, "StationName", "SH", plain, syntax)


def extended(folder: Path) -> None:
    """ISO 2022: escape sequences that designate another set within a value (PS3.5 6.1.2.5)."""
    kanji, supplementary = "山田^太郎".encode("iso2022_jp"), "丂丄".encode("iso2022_jp_1")
    latin, greek, cyrillic = "Buc^Jérôme".encode("latin_1"), "Διονυσιος".encode("iso8859_7"), "Люк".encode("iso8859_5")
    for name, term, text in (
        ("iso-2022-ir-87-159", "\\ISO 2022 IR 87\\ISO 2022 IR 159", b"Yamada^Tarou=" + kanji + b"=" + supplementary),
        ("iso-2022-ir-13-87", "ISO 2022 IR 13\\ISO 2022 IR 87", "ﾔﾏﾀﾞ^ﾀﾛｳ".encode("shift_jis") + b"=" + kanji.replace(b"\x1b(B", b"\x1b(J")),
        ("iso-2022-ir-149", "\\ISO 2022 IR 149", b"Hong^Gildong=" + b"\x1b$)C" + "洪^".encode("euc_kr") + b"\x1b$)C" + "吉洞".encode("euc_kr")),
        ("iso-2022-ir-58", "\\ISO 2022 IR 58", b"Zhang^XiaoDong=\x1b$)A" + "张^".encode("gb2312") + b"\x1b$)A" + "小东".encode("gb2312") + b"="),
        ("iso-2022-ir-100-126-144", "ISO 2022 IR 100\\ISO 2022 IR 126\\ISO 2022 IR 144", latin + b"=\x1b-F" + greek + b"=\x1b-L" + cyrillic),
        ("iso-2022-ir-6-101-203", "ISO 2022 IR 6\\ISO 2022 IR 101\\ISO 2022 IR 203", b"plain=\x1b-B" + "Łódź".encode("iso8859_2") + b"=\x1b-b" + "Œ€".encode("iso8859_15")),
        ("iso-2022-ir-166", "\\ISO 2022 IR 166", b"Somchai=\x1b-T" + "สมชาย".encode("iso8859_11")),
    ):
        for syntax, suffix in ((ExplicitVRLittleEndian, ""), (ImplicitVRLittleEndian, "-implicit")):
            dataset = image(f"{name}{suffix}", grey(9, 8))
            set_text(dataset, term, text, syntax)
            save_as_is(folder, f"{name}{suffix}", dataset, syntax)


def items(folder: Path) -> None:
    """Items with their own character set, items that inherit one, private text in them."""
    dataset = image("items", grey(9, 8))
    set_text(dataset, "ISO_IR 100", "Müller^Jürgen".encode("latin_1"))
    greek, japanese, heir, plain = item(), item(), item(), item()
    set_text(greek, "ISO_IR 126", "Διονυσιος".encode("iso8859_7"))
    set_text(japanese, "\\ISO 2022 IR 87", "山田^太郎".encode("iso2022_jp"))
    set_bytes(heir, "PatientName", "PN", "Jérôme".encode("latin_1"))
    set_bytes(plain, "SpecificCharacterSet", "CS", b"")
    set_bytes(plain, "PatientName", "PN", b"ASCII")
    greek.private_block(0x0051, "FIDELITY", create=True)
    set_bytes(greek, 0x00511001, "LO", "Διον".encode("iso8859_7"))
    inner = item()
    set_bytes(inner, "PatientName", "PN", "Διον".encode("iso8859_7"))
    greek.ReferencedPatientSequence = [inner]
    dataset.OtherPatientIDsSequence = [greek, heir, japanese, plain]
    save_as_is(folder, "items", dataset)
    unicode_item = item()
    set_text(unicode_item, "ISO_IR 192", "漢字".encode())
    dataset.OtherPatientIDsSequence = [unicode_item, heir]
    save_as_is(folder, "items-unicode", dataset)


def odd_terms(folder: Path) -> None:
    """Terms that are none, and bytes that the declared set does not have."""
    for name, term, text in (
        ("misspelt", "ISO-IR 100", "Müller".encode("latin_1")),
        ("unknown-term", "WINDOWS_1252", "Müller".encode("latin_1")),
        ("not-declared", "", "Müller".encode("latin_1")),
        ("invalid-utf-8", "ISO_IR 192", b"M\xfcller"),
    ):
        dataset = image(name, grey(9, 8))
        set_text(dataset, term, text)
        save_as_is(folder, name, dataset)
