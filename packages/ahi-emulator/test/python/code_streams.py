"""Prints code streams encoded by imagecodecs, and the samples that it decodes from them, as JSON with base64."""

import base64
import json

import imagecodecs
import numpy

rows, columns = numpy.mgrid[0:24, 0:20]
grey = ((rows * 7 + columns * 5) % 256).astype(numpy.uint8)
colour = numpy.stack([grey, 255 - grey, (grey // 2) + 60], axis=-1).astype(numpy.uint8)
deep = (rows * 131 + columns * 77).astype(numpy.uint16) % 4096


def text(data):
    return base64.b64encode(data).decode()


def entry(code_stream, samples):
    return {'codeStream': text(code_stream), 'samples': text(numpy.ascontiguousarray(samples).tobytes())}


def jpeg(samples, **options):
    encoded = imagecodecs.jpeg8_encode(samples, **options)
    return entry(encoded, imagecodecs.jpeg8_decode(encoded))


# JPEG with YCbCr: the decoded components without colour conversion.
ycbcr = imagecodecs.jpeg8_encode(colour, level=95, colorspace='YCBCR', outcolorspace='YCBCR', subsampling='444')
print(json.dumps({
    'baseline': jpeg(grey, level=90),
    'lossless': jpeg(deep, lossless=True, predictor=1, bitspersample=12),
    'lossless, predictor 6': jpeg(deep, lossless=True, predictor=6, bitspersample=12),
    'twelve bits': jpeg(deep, level=95, bitspersample=12),
    'ycbcr': entry(ycbcr, imagecodecs.jpeg8_decode(ycbcr, colorspace='YCBCR', outcolorspace='YCBCR')),
    'untransformed': entry(imagecodecs.jpeg2k_encode(colour, level=0, codecformat='j2k', mct=False), colour),
    'transformed': entry(imagecodecs.jpeg2k_encode(colour, level=0, codecformat='j2k', mct=True), colour),
    'jpeg 2000': entry(imagecodecs.jpeg2k_encode(grey, level=0, codecformat='j2k'), grey),
    'jpeg-ls': entry(imagecodecs.jpegls_encode(grey), grey),
}))
