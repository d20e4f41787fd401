"""Prints the CRC-32 of the uncompressed Pixel Data of files (paths as arguments)."""
import json
import sys
import zlib

import pydicom

json.dump([zlib.crc32(pydicom.dcmread(path).PixelData) for path in sys.argv[1:]], sys.stdout)
