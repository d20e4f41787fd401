"""Prints UID, keyword and name of the SOP classes of stored objects that pydicom knows, as JSON."""

import json

from pydicom.uid import UID_dictionary

rows = [
    [uid, keyword, name]
    for uid, (name, kind, _, _, keyword) in UID_dictionary.items()
    if kind == 'SOP Class' and keyword and 'Storage' in name and 'Commitment' not in name
]
print(json.dumps(rows))
