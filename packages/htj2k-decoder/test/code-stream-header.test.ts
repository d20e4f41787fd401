import { CodeStreamError, readCodeStreamHeader } from '@ahi-dicom/htj2k-decoder'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { smoothSamples } from './samples.ts'

const GRAY = { width: 40, height: 30, components: 1, bitsPerSample: 12, isSigned: false }
const gray = encodeFrame(smoothSamples(GRAY), GRAY)
/** Steps of 16 subbands, as in QCD and QCC with five decompositions. */
const EXPONENTS = Array.from({ length: 16 }, () => 0x88)
const COLOR = { width: 40, height: 30, components: 3, bitsPerSample: 8, isSigned: false }
const tiled = encodeFrame(smoothSamples(COLOR), COLOR, {
  decompositions: 2,
  blockSide: 32,
  tile: { width: 16, height: 16 },
})

/** Returns the offset of a marker. Coded samples cannot contain it (T.814 7.1: none above FF8F). */
function offsetOf(codeStream: Uint8Array, marker: number): number {
  return Buffer.from(codeStream).indexOf(Uint8Array.of(marker >> 8, marker & 0xff))
}

/** Returns a copy with bytes replaced at an offset, or after a marker and its length. */
function patched(codeStream: Uint8Array, offset: number, ...bytes: number[]): Uint8Array {
  const copy = codeStream.slice()
  copy.set(bytes, offset)
  return copy
}

function inSegment(marker: number, offset: number, ...bytes: number[]): Uint8Array {
  return patched(gray, offsetOf(gray, marker) + 4 + offset, ...bytes)
}

function withSegment(marker: number, ...content: number[]): Uint8Array {
  const end = offsetOf(gray, SOT)
  return Uint8Array.of(
    ...gray.subarray(0, end),
    marker >> 8,
    marker & 0xff,
    0,
    content.length + 2,
    ...content,
    ...gray.subarray(end),
  )
}

function failureOf(codeStream: Uint8Array): CodeStreamError {
  try {
    readCodeStreamHeader(codeStream)
  } catch (error) {
    if (error instanceof CodeStreamError) return error
    throw error
  }
  throw new Error('The header was accepted')
}

const [SIZ, CAP, COD, QCD, QCC, COM, SOT, SOD] = [0xff51, 0xff50, 0xff52, 0xff5c, 0xff5d, 0xff64, 0xff90, 0xff93]

test('returns the properties of a code stream', () => {
  expect(readCodeStreamHeader(gray)).toEqual({
    ...GRAY,
    isHighThroughput: true,
    tileWidth: 40,
    tileHeight: 30,
    isOnWiderGrid: false,
    progressionOrder: 'RPCL',
    layers: 1,
    usesColorTransform: false,
    decompositions: 5,
    blockWidth: 64,
    blockHeight: 64,
    isReversible: true,
  })
  expect(readCodeStreamHeader(tiled)).toMatchObject({
    ...COLOR,
    tileWidth: 16,
    decompositions: 2,
    blockWidth: 32,
    usesColorTransform: true,
  })
  const lossy = encodeFrame(smoothSamples(GRAY), GRAY, { quantizationStep: 0.01 })
  expect(readCodeStreamHeader(lossy).isReversible).toBe(false)
})

describe('accepts', () => {
  test.each([
    ['a comment', withSegment(COM, 0, 1, 65)],
    ['quantization of one component', withSegment(QCC, 0, 0x20, ...EXPONENTS)],
    ['a last tile-part without a length', patched(gray, offsetOf(gray, SOT) + 6, 0, 0, 0, 0)],
    ['one byte of padding', Uint8Array.of(...gray, 0)],
    ['many bytes of padding', Uint8Array.of(...gray, ...new Uint8Array(999), 0xff)],
    ['other bytes after the end', Uint8Array.of(...gray, 1, 2, 3)],
    [
      'other bytes after the end of a last tile-part without a length',
      Uint8Array.of(...patched(gray, offsetOf(gray, SOT) + 6, 0, 0, 0, 0), 1, 0xff, 0xd9, 2),
    ],
    ['vertically causal blocks', inSegment(COD, 8, 0x48)],
  ])('%s', (_name, codeStream) => {
    expect(readCodeStreamHeader(codeStream)).toMatchObject(GRAY)
  })
})

describe('refuses as invalid', () => {
  test.each([
    ['text', new TextEncoder().encode('<html></html>'), 'does not begin with SOC'],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'does not begin with SOC'],
    ['no SIZ first', patched(gray, 2, 0xff, 0x52), 'SIZ does not follow'],
    ['a wrong length of SIZ', inSegment(SIZ, 34, 0, 2), 'cannot hold 2 components'],
    ['no component', inSegment(SIZ, 34, 0, 0), 'cannot hold 0 components'],
    ['no width', inSegment(SIZ, 2, 0, 0, 0, 0), 'its image is 0 x 30'],
    ['no tile width', inSegment(SIZ, 18, 0, 0, 0, 0), 'its tiles are empty'],
    [
      'too many tiles',
      patched(gray, 8, 0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1),
      'tiles, more than 65535',
    ],
    ['no CAP', withoutSegment(CAP), 'it has no CAP segment'],
    ['no COD', withoutSegment(COD), 'it has no COD segment'],
    ['no QCD', withoutSegment(QCD), 'it has no QCD segment'],
    ['two CODs', withSegment(COD, 0), 'it has two COD segments'],
    ['an unknown coding style', inSegment(COD, 0, 8), 'its coding style is 8'],
    ['an unknown progression order', inSegment(COD, 1, 5), 'progression order'],
    ['no layer', inSegment(COD, 2, 0, 0), 'it has no layer'],
    ['an unknown colour transform', inSegment(COD, 4, 2), 'its colour transform is 2'],
    ['a colour transform of one component', inSegment(COD, 4, 1), 'needs three components'],
    ['too many decompositions', inSegment(COD, 5, 33), 'it has 33 decompositions'],
    ['blocks too wide', inSegment(COD, 6, 9), 'its code blocks are 2^11 x 2^6'],
    ['blocks too large', inSegment(COD, 6, 5, 4), 'its code blocks are 2^7 x 2^6'],
    ['precincts that are not there', inSegment(COD, 0, 1), 'its COD segment has 12 bytes'],
    ['quantization for another wavelet', inSegment(QCD, 0, 0x42), 'does not fit its wavelet'],
    ['too few quantization steps', inSegment(COD, 5, 6), 'no step for every subband'],
    ['quantization of no component', withSegment(QCC, 1, 0x20, ...EXPONENTS), 'names component 1'],
    ['empty quantization', withSegment(QCC), 'its QCC segment is too short'],
    ['a length below two', patched(gray, offsetOf(gray, COM) + 2, 0, 1), 'has the length 1'],
    ['no marker', patched(gray, offsetOf(gray, COM), 0x12, 0x34), 'expected a marker at byte'],
    ['a tile that does not exist', patched(gray, offsetOf(gray, SOT) + 4, 0, 1), 'a part of tile 1 of 1'],
    ['a wrong SOT', patched(gray, offsetOf(gray, SOT) + 2, 0, 11), 'is not 10 bytes'],
    [
      'a tile-part shorter than its header',
      patched(gray, offsetOf(gray, SOT) + 6, 0, 0, 0, 13),
      'a tile-part of 13 bytes',
    ],
    ['a tile-part that ends elsewhere', patched(gray, offsetOf(gray, SOT) + 6, 0, 0, 0, 20), 'expected a'],
    ['a part out of order', patched(gray, offsetOf(gray, SOT) + 10, 1), 'part 1 of tile 0 follows 0 parts'],
    ['no SOD', patched(gray, offsetOf(gray, SOD), 0xff, 0x64, 0xff, 0xff), 'ends within the COM segment'],
    ['samples without a distance', inSegment(SIZ, 37, 0), 'its sample spacing is 0'],
  ])('%s', (_name, codeStream, why) => {
    const error = failureOf(codeStream)
    expect(error.message).toContain(why)
    expect(error.byteLength).toBe(codeStream.byteLength)
  })

  function withoutSegment(marker: number): Uint8Array {
    const start = offsetOf(gray, marker)
    const length = new DataView(gray.buffer).getUint16(start + 2) + 2
    return Uint8Array.of(...gray.subarray(0, start), ...gray.subarray(start + length))
  }
})

describe('refuses as unsupported', () => {
  test.each([
    ['capabilities of other parts', inSegment(CAP, 0, 0, 3), 'more than HT coding'],
    ['an image offset', inSegment(SIZ, 10, 0, 0, 0, 1), 'do not begin at the origin'],
    ['a tile offset', inSegment(SIZ, 30, 0, 0, 0, 1), 'do not begin at the origin'],
    ['an image larger than the codec can describe', inSegment(SIZ, 2, 0, 1, 0, 0), 'larger than 65535 per side'],
    ['more than 16 bits', inSegment(SIZ, 36, 16), 'its samples have 17 bits'],
    ['subsampled components', patched(tiled, 46, 2, 2), 'its components are subsampled'],
    ['tiles that cut samples', patched(inSegment(SIZ, 18, 0, 0, 0, 15), 43, 2), 'is not a multiple of'],
    ['components of several precisions', patched(tiled, 45, 11), 'differ in precision or sign'],
    ['several layers', inSegment(COD, 2, 0, 2), 'HTJ2K of 2 layers'],
    ['blocks that are not HT', inSegment(COD, 8, 0), 'not all coded with high throughput'],
    ['blocks of both kinds', inSegment(COD, 8, 0xc0), 'not all coded with high throughput'],
    ['another wavelet', inSegment(COD, 9, 2), 'neither the 5/3 nor the 9/7'],
    ['a coding style of one component', withSegment(0xff53, 0, 0, 5, 4, 4, 0x40, 1), 'it has a COC segment'],
    ['a region of interest', withSegment(0xff5e, 0, 0, 1), 'it has a RGN segment'],
    ['a change of progression', withSegment(0xff5f, 0, 0, 0, 1, 1, 1, 0), 'it has a POC segment'],
    ['packed packet headers', withSegment(0xff60, 0), 'it has a PPM segment'],
    ['an unknown marker', withSegment(0xff7f, 0), 'it has a FF7F segment'],
  ])('%s', (_name, codeStream, why) => {
    expect(failureOf(codeStream)).toMatchObject({
      code: 'CODE_STREAM_UNSUPPORTED',
      message: expect.stringContaining(why),
    })
  })
})

describe('refuses as truncated', () => {
  test.each([
    ['gray', gray],
    ['tiled', tiled],
  ])('every incomplete beginning of a %s code stream', (_name, codeStream) => {
    for (let length = 0; length < codeStream.length; length += 1) {
      expect([length, failureOf(codeStream.subarray(0, length)).code]).toEqual([length, 'CODE_STREAM_TRUNCATED'])
    }
  })

  test('a missing tile', () => {
    const last = Buffer.from(tiled).lastIndexOf(Uint8Array.of(0xff, 0x90))
    const codeStream = Uint8Array.of(...tiled.subarray(0, last), 0xff, 0xd9)
    expect(failureOf(codeStream)).toMatchObject({
      code: 'CODE_STREAM_TRUNCATED',
      why: expect.stringContaining('it has 5 of its 6 tiles'),
    })
  })

  test('a tile with a missing part', () => {
    const codeStream = patched(gray, offsetOf(gray, SOT) + 11, 2)
    expect(failureOf(codeStream).message).toContain('it has 1 of the 2 parts of tile 0')
  })
})
