import * as htj2kDecoder from '@ahi-dicom/htj2k-decoder'
import * as headers from '@ahi-dicom/htj2k-decoder/headers'
import { expect, test } from 'vitest'

test('exports only these names', () => {
  expect(Object.keys(htj2kDecoder).toSorted()).toEqual([
    'CodeStreamError',
    'DecodeTimeoutError',
    'DecoderPoolError',
    'canDecode',
    'createDecoderPool',
    'createFrameMemory',
    'decodeFrame',
    'readCodeStreamHeader',
  ])
  expect(Object.keys(headers).toSorted()).toEqual([
    'prefixLength',
    'readCodeStreamEnd',
    'readFrameHeader',
    'withoutBoxes',
  ])
})
