"""Prints the transfer syntaxes that pydicom knows, by UID with their names, as JSON."""

import json

from pydicom._uid_dict import UID_dictionary

print(json.dumps({uid: entry[0] for uid, entry in UID_dictionary.items() if entry[1] == "Transfer Syntax"}))
