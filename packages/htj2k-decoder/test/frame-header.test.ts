import { spawnSync } from 'node:child_process'
import { readFrameHeader, withoutBoxes } from '@ahi-dicom/htj2k-decoder/headers'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { encodeJpeg2000 } from './encode-jpeg2000.ts'
import { fixture } from './fixtures.ts'
import { smoothSamples } from './samples.ts'

const gray = { width: 40, height: 30, components: 1, bitsPerSample: 12, isSigned: true }
const colour = { width: 40, height: 30, components: 3, bitsPerSample: 8, isSigned: false }
const highThroughput = encodeFrame(smoothSamples(gray), gray)
const part1 = encodeJpeg2000(smoothSamples(colour), colour, { decompositions: 2 })
const jpeg = fixture('jpeg-2x2.jpg')

function offsetOf(bytes: Uint8Array, marker: number): number {
  return Buffer.from(bytes).indexOf(Uint8Array.of(marker >> 8, marker & 0xff))
}

/** Returns a copy with bytes replaced at an offset. */
function patched(bytes: Uint8Array, offset: number, ...values: number[]): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes)
  copy.set(values, offset)
  return copy
}

/** Returns a copy with bytes replaced after a marker and its length. */
function inSegment(bytes: Uint8Array, marker: number, offset: number, ...values: number[]): Uint8Array<ArrayBuffer> {
  return patched(bytes, offsetOf(bytes, marker) + 4 + offset, ...values)
}

describe('JPEG 2000', () => {
  test('of both kinds has its size, samples and coding', () => {
    expect(readFrameHeader(highThroughput)).toEqual({
      kind: 'htj2k',
      ...gray,
      isLossy: false,
      colourTransform: 'none',
      isSubsampled: false,
      isRpcl: true,
    })
    expect(readFrameHeader(part1)).toEqual({
      kind: 'jpeg2000',
      ...colour,
      isLossy: false,
      colourTransform: 'reversible',
      isSubsampled: false,
      isRpcl: true,
    })
  })

  test('tells if it is lossy', () => {
    const lossy = encodeFrame(smoothSamples(colour), colour, { quantizationStep: 0.01, progressionOrder: 0 })
    expect(readFrameHeader(lossy)).toMatchObject({ isLossy: true, colourTransform: 'irreversible', isRpcl: false })
  })

  test('has the size of its image, which may begin inside the reference grid', () => {
    expect(readFrameHeader(inSegment(highThroughput, 0xff51, 10, 0, 0, 0, 4, 0, 0, 0, 3))).toMatchObject({
      width: 36,
      height: 27,
    })
  })

  // T.800 B.2: ceil(Xsiz / XRsiz) - ceil(XOsiz / XRsiz) columns, and rows in the same way.
  test.each([
    ['79 x 59 points, two by two', [0, 0, 0, 79, 0, 0, 0, 59, 0, 0, 0, 0, 0, 0, 0, 0], [2, 2], 40, 30],
    ['80 x 90 points from 1, 3 on, two by three', [0, 0, 0, 80, 0, 0, 0, 90, 0, 0, 0, 1, 0, 0, 0, 3], [2, 3], 39, 29],
  ])('has the right number of samples for %s', (_name, grid, spacing, width, height) => {
    const bytes = patched(inSegment(highThroughput, 0xff51, 2, ...grid), 43, ...spacing)
    expect(readFrameHeader(bytes)).toMatchObject({ width, height, isSubsampled: false })
  })

  test('has the size of its largest component', () => {
    const bytes = patched(patched(part1, 46, 2, 2), 49, 2, 2)
    expect(readFrameHeader(bytes)).toMatchObject({ width: colour.width, height: colour.height, isSubsampled: true })
  })

  test('is found in boxes', () => {
    const boxed = fixture('part1-rgb-12-bit.jp2')
    expect(readFrameHeader(boxed)).toMatchObject({ kind: 'jpeg2000', components: 3, bitsPerSample: 12 })
    const codeStream = withoutBoxes(boxed)
    expect([...codeStream.subarray(0, 4)]).toEqual([0xff, 0x4f, 0xff, 0x51])
    expect(codeStream.buffer).toBe(boxed.buffer)
    expect(withoutBoxes(codeStream)).toBe(codeStream)
  })

  test('in truncated boxes is returned unchanged', () => {
    const cut = fixture('part1-rgb-12-bit.jp2').subarray(0, 200)
    expect(withoutBoxes(cut)).toBe(cut)
    expect(readFrameHeader(cut)).toBeUndefined()
  })

  test('is recognised without its samples', () => {
    const header = readFrameHeader(highThroughput)
    expect(readFrameHeader(highThroughput.subarray(0, offsetOf(highThroughput, 0xff90)))).toEqual(header)
  })

  test.each([
    ['no SIZ first', patched(highThroughput, 2, 0xff, 0x52)],
    ['no width', inSegment(highThroughput, 0xff51, 2, 0, 0, 0, 0)],
    ['a sample spacing of 0', patched(highThroughput, 43, 0)],
    ['a side too long for DICOM', inSegment(highThroughput, 0xff51, 2, 0, 1, 0, 0)],
    ['an offset beyond its image', inSegment(highThroughput, 0xff51, 10, 0, 0, 0, 41)],
    ['a wrong length of SIZ', inSegment(highThroughput, 0xff51, 34, 0, 2)],
    ['no COD', patched(highThroughput, offsetOf(highThroughput, 0xff52), 0xff, 0x64)],
    ['a COD that is too short', inSegment(highThroughput, 0xff52, -2, 0, 5)],
  ])('with %s is not recognised', (_name, bytes) => {
    expect(readFrameHeader(bytes)).toBeUndefined()
  })
})

describe('JPEG', () => {
  const [SOI, APP0, APP14, DQT, SOF0, SOS] = [0xffd8, 0xffe0, 0xffee, 0xffdb, 0xffc0, 0xffda]
  const adobe = [...new TextEncoder().encode('Adobe'), 0, 100, 0, 0, 0, 0]

  /** Returns a copy with another segment in place of the JFIF segment. */
  function withSegment(marker: number, ...content: number[]): Uint8Array<ArrayBuffer> {
    const head = [marker >> 8, marker & 0xff, 0, content.length + 2]
    return Uint8Array.of(SOI >> 8, SOI & 0xff, ...head, ...content, ...jpeg.subarray(offsetOf(jpeg, DQT)))
  }

  function withProcess(marker: number): Uint8Array<ArrayBuffer> {
    return patched(jpeg, offsetOf(jpeg, SOF0), marker >> 8, marker & 0xff)
  }

  /** Returns a copy with other component identifiers. */
  function named(bytes: Uint8Array, ...ids: readonly number[]): Uint8Array<ArrayBuffer> {
    const start = offsetOf(bytes, SOF0) + 10
    return ids.reduce((copy, id, index) => patched(copy, start + 3 * index, id), new Uint8Array(bytes))
  }

  test('has its size, samples and coding', () => {
    expect(readFrameHeader(jpeg)).toEqual({
      kind: 'jpeg',
      process: 'baseline',
      width: 29,
      height: 21,
      components: 3,
      bitsPerSample: 8,
      isSigned: false,
      isLossy: true,
      colour: 'YCbCr',
      isSubsampled: true,
      scanComponents: 3,
      scanParameter: 0,
    })
    expect(readFrameHeader(fixture('jpeg-gray.jpg'))).toMatchObject({ components: 1, colour: undefined })
    expect(readFrameHeader(fixture('jpeg-scans.jpg'))).toMatchObject({ components: 3, scanComponents: 1 })
  })

  test.each([
    [0xffc0, 'baseline', true],
    [0xffc1, 'extended', true],
    [0xffc2, 'progressive', true],
    [0xffc3, 'lossless', false],
    [0xffc5, 'extended-hierarchical', true],
    [0xffc6, 'progressive-hierarchical', true],
    [0xffc7, 'lossless-hierarchical', false],
    [0xffc9, 'extended-arithmetic', true],
    [0xffca, 'progressive-arithmetic', true],
    [0xffcb, 'lossless-arithmetic', false],
    [0xffcd, 'extended-hierarchical-arithmetic', true],
    [0xffce, 'progressive-hierarchical-arithmetic', true],
    [0xffcf, 'lossless-hierarchical-arithmetic', false],
    [0xfff7, 'jpeg-ls', false],
  ])('of the frame %i is %s', (marker, process, isLossy) => {
    expect(readFrameHeader(withProcess(marker))).toMatchObject({ process, isLossy })
  })

  test.each([
    [0xffc0, 'extended-hierarchical'],
    [0xffc2, 'progressive-hierarchical'],
    [0xffc3, 'lossless-hierarchical'],
    [0xffca, 'progressive-hierarchical-arithmetic'],
  ])('whose first frame is %i is hierarchical by its DHP segment', (marker, process) => {
    const start = offsetOf(jpeg, SOF0)
    const dhp = [0xff, 0xde, ...jpeg.subarray(start + 2, start + 19)]
    const bytes = Uint8Array.of(...jpeg.subarray(0, start), ...dhp, ...withProcess(marker).subarray(start))
    expect(readFrameHeader(bytes)).toMatchObject({ process })
  })

  test('has NEAR of JPEG-LS and the predictor of the lossless process', () => {
    const near = inSegment(withProcess(0xfff7), SOS, 7, 2)
    expect(readFrameHeader(near)).toMatchObject({ process: 'jpeg-ls', scanParameter: 2, isLossy: true })
    const predicted = inSegment(withProcess(0xffc3), SOS, 7, 6)
    expect(readFrameHeader(predicted)).toMatchObject({ process: 'lossless', scanParameter: 6, isLossy: false })
  })

  test.each([
    ['1x1', false],
    ['2x1', true],
    ['2x2', true],
    ['1x2', false],
    ['2x1-each', false],
  ])('sampled %s has fewer columns of colour: %s', (name, isSubsampled) => {
    expect(readFrameHeader(fixture(`jpeg-${name}.jpg`))).toMatchObject({ isSubsampled })
  })

  test.each([
    ['JFIF', jpeg, 'YCbCr'],
    ['Adobe, transform 0', withSegment(APP14, ...adobe, 0), 'RGB'],
    ['Adobe, transform 1', withSegment(APP14, ...adobe, 1), 'YCbCr'],
    ['Adobe, transform 2', withSegment(APP14, ...adobe, 2), undefined],
    ['Adobe, cut before the transform', withSegment(APP14, ...adobe), undefined],
    ['another APP0 segment', withSegment(APP0, 65, 86, 73, 49), undefined],
    ['the identifiers RGB, and JFIF', named(jpeg, 82, 71, 66), 'RGB'],
    ['the identifiers rgb, and Adobe', named(withSegment(APP14, ...adobe, 1), 114, 103, 98), 'RGB'],
  ])('by %s has the colours %s', (_name, bytes, colours) => {
    expect(readFrameHeader(bytes)).toHaveProperty('colour', colours)
  })

  test('may have fill bytes before a marker', () => {
    const start = offsetOf(jpeg, DQT)
    const filled = Uint8Array.of(...jpeg.subarray(0, start), 0xff, 0xff, ...jpeg.subarray(start))
    expect(readFrameHeader(filled)).toEqual(readFrameHeader(jpeg))
  })

  test.each([
    ['no scan', jpeg.subarray(0, offsetOf(jpeg, SOS))],
    ['no frame', withProcess(0xffe5)],
    ['a height that follows its scan', inSegment(jpeg, SOF0, 1, 0, 0)],
    ['no width', inSegment(jpeg, SOF0, 3, 0, 0)],
    ['no component', inSegment(jpeg, SOF0, 5, 0)],
    ['components that its frame does not hold', inSegment(jpeg, SOF0, 5, 4)],
    ['components that its scan does not hold', inSegment(jpeg, SOS, 0, 9)],
  ])('with %s is not recognised', (_name, bytes) => {
    expect(readFrameHeader(bytes)).toBeUndefined()
  })
})

test('JPEG XL is recognised by its signature, raw or boxed', () => {
  const boxed = [0, 0, 0, 12, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a]
  for (const bytes of [[0xff, 0x0a], boxed])
    expect(readFrameHeader(Uint8Array.from(bytes))).toEqual({ kind: 'jpeg-xl' })
})

test('other bytes have no header', () => {
  for (const text of ['', 'GIF89a', '<html></html>']) {
    expect(readFrameHeader(new TextEncoder().encode(text))).toBeUndefined()
  }
})

test('loads neither codecs nor piscina nor zlib', () => {
  const program = `
    import { createRequire } from 'node:module'
    const before = new Set(process.moduleLoadList)
    await import('@ahi-dicom/htj2k-decoder/headers')
    const builtin = process.moduleLoadList.filter((name) => !before.has(name) && /zlib|worker_threads/.test(name))
    console.log(JSON.stringify([...Object.keys(createRequire(import.meta.url).cache), ...builtin]))
  `
  const flags = ['--conditions=@ahi-dicom/source', '--input-type=module', '-e', program]
  const { stdout } = spawnSync(process.execPath, flags, { encoding: 'utf8', cwd: import.meta.dirname })
  expect(stdout).toBe('[]\n')
})
