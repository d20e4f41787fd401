"""The normalisations of AWS HealthImaging that explain a difference, and the findings that none of them explains."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

# The same ids as in the table of docs/normalisation.md.
RULES = {
    "file-meta": "group 0002 is generated anew",
    "group-length": "group lengths (gggg,0000) are dropped",
    "padding": "spaces and NULs around string values that carry no meaning are trimmed",
    "public-vr": "the VR of a public attribute is the dictionary's",
    "creator-vr": "a private creator is LO",
    "private-vr": "a private tag that has several VRs in one file has the one that can hold its value",
    "unfit-vr": "a value whose length no number of values of its VR has is UN",
    "long-vr": "a value longer than 64 KiB of a VR whose length has 16 bits is UN",
    "character-set": "Specific Character Set is a defined term that all text fits",
    "undecodable": "bytes of a text that its character set does not have are U+FFFD",
    "one-value": "instances of an image set share what AHI keeps of patient, study and series",
    "offset-table": "the extended offset table is that of the file written",
    "empty-pixels": "Pixel Data without a value is dropped",
    "photometric": "Photometric Interpretation says what the decoder gives",
    "pixel-description": "the image pixel module describes the verified frames",
    "lossy": "Lossy Image Compression and what belongs to it are declared",
    "planar": "Planar Configuration is 0, colour by pixel",
}


class Comparison:
    """The findings of one output against its original.

    Companions are the originals that were imported with it, notices the codes of what the export had to say.
    """

    def __init__(
        self, original: Dataset, output: Dataset, companions: list[Dataset], notices: list[str] | None = None
    ) -> None:
        self.notices = set(notices or [])
        self.original = original
        self.source_syntax = transfer_syntax(original)
        self.syntax = transfer_syntax(output)
        self.companions = companions
        self.differences: list[dict[str, str]] = []
        self.applied: set[str] = set()

    def differs(self, where: str, expected: object, got: object) -> None:
        self.differences.append({"where": where, "expected": shorten(expected), "got": shorten(got)})

    def explained(self, rule: str) -> bool:
        if rule not in RULES:
            raise KeyError(rule)
        self.applied.add(rule)
        return True


def transfer_syntax(dataset: Dataset) -> str:
    return str(dataset.file_meta.get("TransferSyntaxUID", ""))


def is_shared(tag: BaseTag) -> bool:
    """Whether AHI keeps the attribute at the level of the patient, the study or the series."""
    return f"{tag:08X}" in SHARED


def shorten(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 160 else f"{text[:157]}..."


def describe(error: Exception) -> str:
    return shorten(f"{type(error).__name__}: {error}".replace("\n", " "))


# AWS HealthImaging developer guide, "Metadata normalization": patient, study, series. The seven attributes by which
# image sets are told apart are not among them: an image set has one value of each.
SHARED = set(
    """
    00100010 00100021 00100022 00100024 00100026 00100027 00100030 00100032 00100033 00100034 00100035 00100040
    00100200 00100212 00100213 00100216 00100218 00100219 00100221 00101001 00101002 00101100 00102160 00102201
    00102202 00102292 00102293 00102294 00102297 00102298 00102299 00104000 00081120 00120010 00120020 00120021
    00120030 00120031 00120040 00120042 00120062 00120063 00120064 00120081 00120082

    00080030 00080051 00080090 00080096 0008009C 0008009D 00081030 00081032 00081048 00081049 00081060 00081062
    00081080 00081084 00081110 00101010 00101020 00101021 00101022 00101023 00101024 00101030 00102000 00102110
    00102180 001021A0 001021B0 001021C0 001021D0 00102203 00120050 00120051 00120052 00120083 00321033 00321034
    00321066 00321067 00380010 00380014 00380060 00380062 00380064 00380500 00401012

    00200052 00200060 00201040 00080021 00080031 00080060 00080070 00080080 00080081 00081010 0008103E 0008103F
    00081040 00081041 00081050 00081052 00081070 00081072 00081090 00081111 00081250 00102210 00120060 00120071
    00120072 00180015 00181000 00181002 00181008 0018100A 0018100B 00181020 00181030 00181050 00181200 00181201
    00185100 00280108 00280109 00280120 00400275 300A0700
    """.split()
)
