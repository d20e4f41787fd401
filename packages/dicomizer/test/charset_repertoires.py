"""Prints the characters beyond ASCII of the Basic Multilingual Plane that Python's codec of each term encodes."""
import json
import sys

from pydicom.charset import python_encoding

ESCAPED = {"ISO 2022 IR 87": "iso2022_jp", "ISO 2022 IR 159": "iso2022_jp_2"}
repertoires = {}
for term in json.load(sys.stdin):
    characters = []
    for code in range(0x80, 0x10000):
        if 0xD800 <= code < 0xE000 or 0xE000 <= code < 0xF900:
            continue
        try:
            encoded = chr(code).encode(python_encoding[term])
        except UnicodeEncodeError:
            continue
        # ISO-2022-JP-2 also has other sets, and Shift JIS has JIS X 0208 besides JIS X 0201.
        if term == "ISO 2022 IR 159" and b"\x1b$(D" not in encoded:
            continue
        if term == "ISO 2022 IR 87" and b"\x1b$B" not in encoded:
            continue
        if term == "ISO_IR 13" and (len(encoded) != 1 or encoded[0] < 0x80):
            continue
        # Python composes Hangul syllables that KS X 1001 lacks from letters, in eight bytes.
        if term == "ISO 2022 IR 149" and len(encoded) != 2:
            continue
        characters.append(chr(code))
    repertoires[term] = "".join(characters)
json.dump(repertoires, sys.stdout)
