import * as htj2kDecoder from '@ahi-dicom/htj2k-decoder'
import { expect, test } from 'vitest'

test('exports what the README names, and no more', () => {
  expect(Object.keys(htj2kDecoder).toSorted()).toEqual([
    'CodeStreamError',
    'DecodeTimeoutError',
    'DecoderPoolError',
    'createDecoderPool',
    'decodeFrame',
    'readCodeStreamHeader',
  ])
})
