import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { FrameSizeError, type DicomInstance } from '@ahi-dicom/dicomizer'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { encapsulatedPixelDataStart } from '../src/part10/encapsulation.ts'
import { bytesOf, imageInstance, knownFrames, type KnownFrame } from './instances.ts'
import { hasPydicom, python } from './tools.ts'

const stored = { transferSyntax: 'stored' } as const

/** Returns frames that are too large together to be held, two of them of odd length. */
function largeFrames(count = 3): KnownFrame[] {
  return knownFrames(count).map((frame, index) => {
    const codeStream = new Uint8Array(5_000_000 + (index % 2))
    codeStream.set(frame.codeStream)
    return { ...frame, codeStream }
  })
}

function withSizes(frames: readonly KnownFrame[], sizes: readonly (number | undefined)[], options = {}): DicomInstance {
  const ImageFrames = frames.map((_, index) => ({ ID: `frame${index}`, FrameSizeInBytes: sizes[index] }))
  return imageInstance(frames, { ...stored, instance: { ImageFrames, ...options } })
}

interface ReadOffsets {
  readonly frames: readonly string[]
  readonly basic: readonly number[]
  readonly extended: readonly number[]
  readonly lengths: readonly number[]
}

function readOffsets(file: Uint8Array): ReadOffsets {
  const folder = mkdtempSync(join(tmpdir(), 'dicomizer-'))
  try {
    const path = join(folder, 'file.dcm')
    writeFileSync(path, file)
    const files = python('read_offsets.py', [path])
    if (!Array.isArray(files)) throw new TypeError('read_offsets.py printed no array')
    return files.map((read: ReadOffsets) => read)[0] ?? { frames: [], basic: [], extended: [], lengths: [] }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function inBase64(frames: readonly KnownFrame[]): readonly string[] {
  return frames.map(({ codeStream }) =>
    Buffer.concat([codeStream, Buffer.alloc(codeStream.length % 2)]).toString('base64'),
  )
}

describe.skipIf(!hasPydicom())('a file of more frames than are gathered', () => {
  const frames = largeFrames()
  const lengths = frames.map(({ codeStream }) => codeStream.length)

  test('has an offset table from the lengths in the document', async () => {
    const read = readOffsets(await bytesOf(withSizes(frames, lengths).part10()))
    expect(read.basic).toEqual([0, 5_000_008, 10_000_018])
    expect(read.frames).toEqual(inBase64(frames))
  })

  test.each([
    ['a frame has no size', [5_000_000, undefined, 5_000_000], {}],
    ['the first frame has another one, as decoded sizes are', [24, 24, 24], {}],
    ['the document names no stored syntax', lengths, { StoredTransferSyntaxUID: undefined }],
  ])('has an empty table if %s', async (_title, sizes, options) => {
    const read = readOffsets(await bytesOf(withSizes(frames, sizes, options).part10()))
    expect(read.basic).toEqual([])
    expect(read.frames).toEqual(inBase64(frames))
  })
})

test('a later frame of another length is an error, and the next file has no table', async () => {
  const frames = largeFrames()
  const instance = withSizes(frames, [5_000_000, 5_000_000, 5_000_000])
  const failing = bytesOf(instance.part10())
  await expect(failing).rejects.toThrow(FrameSizeError)
  await expect(failing).rejects.toMatchObject({
    code: 'FRAME_SIZE_MISMATCH',
    imageFrameId: 'frame1',
    expected: 5_000_000,
    actual: 5_000_001,
  })
  const withoutTable = await bytesOf(withSizes(frames, [undefined, undefined, undefined]).part10())
  expect(Buffer.compare(await bytesOf(instance.part10()), withoutTable)).toBe(0)
})

test('the lengths of few frames are measured, not taken from the document', async () => {
  const frames = knownFrames(3)
  const file = await bytesOf(withSizes(frames, [20, 9, 9]).part10())
  expect(Buffer.compare(file, await bytesOf(withSizes(frames, [20, 21, 22]).part10()))).toBe(0)
})

describe('frames with offsets beyond 32 bits', () => {
  const frameLength = 1 << 29
  const count = 9
  // One buffer for all frames, and a consumer that keeps only the beginning.
  const codeStream = new Uint8Array(frameLength)
  const frames = knownFrames(count).map((frame) => ({ ...frame, codeStream }))
  const ImageFrames = frames.map((_, index) => ({ ID: `frame${index}`, FrameSizeInBytes: frameLength }))

  test('have an Extended Offset Table, and all their bytes are written', async () => {
    const instance = imageInstance(frames, {
      ...stored,
      verifyFrames: false,
      frameSource: { getImageFrame: async () => ({ data: codeStream }) },
      instance: { ImageFrames },
    })
    let byteLength = 0
    let fragments = 0
    const start: Uint8Array[] = []
    for await (const chunk of instance.part10()) {
      byteLength += chunk.length
      if (chunk === codeStream) fragments += 1
      else if (fragments === 0) start.push(chunk)
    }
    expect(fragments).toBe(count)
    const beginning = Buffer.concat(start)
    const at = beginning.indexOf(Buffer.from('e07f01004f560000', 'hex'))
    const numbers = (offset: number): bigint[] =>
      Array.from({ length: count }, (_, index) => beginning.readBigUInt64LE(offset + 12 + 8 * index))
    expect(numbers(at)).toEqual(frames.map((_, index) => BigInt(index) * BigInt(frameLength + 8)))
    expect(numbers(at + 12 + 8 * count)).toEqual(frames.map(() => BigInt(frameLength)))
    const pixelData = Buffer.from('e07f10004f420000fffffffffeff00e000000000', 'hex')
    expect(beginning.indexOf(pixelData)).toBe(at + 2 * (12 + 8 * count))
    expect(byteLength - beginning.length).toBe(count * (frameLength + 8) - 8 + 8)
  })
})

/** Reads the start of a Pixel Data element by PS3.5 7.1.2 and A.4. */
function tablesOf(parts: readonly Uint8Array[]): {
  readonly basic: readonly number[]
  readonly extended: readonly number[]
  readonly lengths: readonly number[]
} {
  const bytes = Buffer.concat(parts)
  const hasExtended = bytes.readUInt16LE(2) === 0x0001
  const count = hasExtended ? bytes.readUInt32LE(8) / 8 : 0
  const list = (start: number): number[] =>
    Array.from({ length: count }, (_, index) => Number(bytes.readBigUInt64LE(start + 12 + 8 * index)))
  const pixelData = hasExtended ? 2 * (12 + 8 * count) : 0
  expect(bytes.subarray(pixelData, pixelData + 12).toString('hex')).toBe('e07f10004f420000ffffffff')
  const basicCount = bytes.readUInt32LE(pixelData + 16) / 4
  const basic = Array.from({ length: basicCount }, (_, index) => bytes.readUInt32LE(pixelData + 20 + 4 * index))
  expect(bytes.length).toBe(pixelData + 20 + 4 * basicCount)
  return { basic, extended: hasExtended ? list(0) : [], lengths: hasExtended ? list(12 + 8 * count) : [] }
}

test('the tables point from each frame to the next, for any lengths', () => {
  const length = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 0xfffffffe }))
  fc.assert(
    fc.property(fc.array(length, { minLength: 1, maxLength: 40 }), (lengths) => {
      const { basic, extended, lengths: tabled } = tablesOf(encapsulatedPixelDataStart(lengths))
      const offsets = extended.length > 0 ? extended : basic
      const padded = lengths.map((value) => value + (value % 2))
      const steps = offsets.slice(1).map((offset, index) => offset - (offsets[index] ?? 0))
      expect(offsets[0]).toBe(0)
      expect(steps).toEqual(padded.slice(0, -1).map((value) => 8 + value))
      const isBeyond32Bits = (offsets.at(-1) ?? 0) > 0xffffffff
      expect([extended.length, tabled]).toEqual(isBeyond32Bits ? [lengths.length, padded] : [0, []])
      expect(basic).toHaveLength(isBeyond32Bits ? 0 : lengths.length)
    }),
  )
})

/** Returns an element of VR OV in Explicit VR (PS3.5 7.1.2). */
function element(tag: string, values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(12 + 8 * values.length)
  bytes.write(`${tag}4f560000`, 'hex')
  bytes.writeUInt32LE(8 * values.length, 8)
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 12 + 8 * index)
  return bytes
}

test.skipIf(!hasPydicom())('pydicom finds frames by an Extended Offset Table of this form', async () => {
  // The table of large frames, before small frames that do not need it.
  const frames = knownFrames(3)
  const file = await bytesOf(imageInstance(frames, stored).part10())
  const at = file.indexOf(Buffer.from('e07f10004f420000ffffffff', 'hex'))
  const tables = [element('e07f0100', [0, 28, 58]), element('e07f0200', [20, 22, 22])]
  const emptied = Buffer.concat([file.subarray(at, at + 12), Buffer.from('feff00e000000000', 'hex')])
  const extended = Buffer.concat([file.subarray(0, at), ...tables, emptied, file.subarray(at + 12 + 8 + 12)])
  const read = readOffsets(extended)
  expect(read).toMatchObject({ basic: [], extended: [0, 28, 58], lengths: [20, 22, 22], frames: inBase64(frames) })
})
