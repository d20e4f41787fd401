import { crc32 } from 'node:zlib'

import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { bytesOf, imageInstance } from './instances.ts'

const explicitVrLittleEndian = '1.2.840.10008.1.2.1'

/** Returns an instance whose frames AHI stores uncompressed, as in binary segmentations. */
function uncompressed(
  frames: readonly Uint8Array<ArrayBuffer>[],
  attributes: Record<string, number>,
  transferSyntax: 'explicit' | 'stored',
): DicomInstance {
  const known = frames.map((codeStream) => ({
    codeStream,
    decoded: {
      pixels: codeStream,
      width: attributes['Columns'] ?? 1,
      height: attributes['Rows'] ?? 1,
      components: 1,
      bitsPerSample: 8,
      isSigned: false,
      checksum: crc32(codeStream),
    },
  }))
  return imageInstance(known, {
    attributes,
    instance: { StoredTransferSyntaxUID: explicitVrLittleEndian },
    transferSyntax,
    frameSource: { getImageFrame: async ({ imageFrameId }) => ({ data: frameOf(frames, imageFrameId).slice() }) },
    frameDecoder: { decode: async () => Promise.reject(new Error('there is nothing to decode')) },
  })
}

function frameOf(frames: readonly Uint8Array<ArrayBuffer>[], id: string): Uint8Array<ArrayBuffer> {
  return frames[Number(id.slice(5))] ?? new Uint8Array(0)
}

describe.each(['explicit', 'stored'] as const)('frames stored uncompressed, as %s', (transferSyntax) => {
  test('are joined bit by bit if a frame does not end at a byte (PS3.5 8.1.1)', async () => {
    // 3 x 3 pixels a frame: 9 bits of 1, then a bit of 1 and 8 of 0.
    const frames = [Uint8Array.of(0xff, 0x01), Uint8Array.of(0x01, 0x00)]
    const instance = uncompressed(frames, { Rows: 3, Columns: 3, BitsAllocated: 1, BitsStored: 1 }, transferSyntax)
    const file = await bytesOf(instance.part10())
    expect([...file.subarray(-4)]).toEqual([0xff, 0x03, 0x00, 0x00])
    expect(instance.transferSyntaxUid).toBe(explicitVrLittleEndian)
    expect(instance.frameChecks).toEqual({ verified: 2, unverified: 0 })
    expect(await instance.frame(1)).toEqual(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0))
  })

  test('of 32 bits are written unchanged', async () => {
    const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
    const instance = uncompressed([pixels], { Rows: 1, Columns: 2, BitsAllocated: 32, BitsStored: 32 }, transferSyntax)
    expect([...(await bytesOf(instance.part10())).subarray(-8)]).toEqual([...pixels])
    expect(await instance.frame(0)).toEqual(Uint32Array.of(0x04030201, 0x08070605))
  })

  test('of another length than the attributes state are an error', async () => {
    const instance = uncompressed([new Uint8Array(3)], { Rows: 3, Columns: 3, BitsAllocated: 1 }, transferSyntax)
    await expect(bytesOf(instance.part10())).rejects.toMatchObject({ code: 'FRAME_UNDECODABLE' })
  })
})

describe('three frames of 13 samples of one bit', () => {
  // 13 is not a multiple of 8, so frames begin inside a byte.
  const samples = [0, 1, 2].map((frame) =>
    Uint8Array.from({ length: 13 }, (_, index) => Number((index * index + frame) % 3 === 0)),
  )
  const attributes = { Rows: 1, Columns: 13, BitsAllocated: 1, BitsStored: 1, HighBit: 0 }
  /** Packs samples by PS3.5 8.1.1: the first one is the lowest bit of the first byte. */
  const packed = BigInt(
    `0b${samples
      .flatMap((frame) => [...frame])
      .toReversed()
      .join('')}`,
  )
  const bytes = Buffer.from(packed.toString(16).padStart(12, '0'), 'hex').toReversed()

  const native = samples.map((frame) => {
    const value = Number.parseInt([...frame].toReversed().join(''), 2)
    return Uint8Array.of(value & 0xff, value >>> 8)
  })
  const decoded = samples.map((pixels) => ({
    codeStream: new Uint8Array(4),
    decoded: {
      pixels,
      width: 13,
      height: 1,
      components: 1,
      bitsPerSample: 1,
      isSigned: false,
      checksum: crc32(pixels),
    },
  }))
  const frameDecoder = {
    decode: async (codeStream: Uint8Array) => decoded[codeStream[0] ?? 0]?.decoded ?? Promise.reject(new Error('none')),
  }
  const frameSource = {
    getImageFrame: async ({ imageFrameId: id }: { readonly imageFrameId: string }) => ({
      data: Uint8Array.of(Number(id.slice(5)), 0, 0, 0),
    }),
  }

  test.each([
    ['kept uncompressed, as explicit', uncompressed(native, attributes, 'explicit')],
    ['kept uncompressed, as stored', uncompressed(native, attributes, 'stored')],
    ['kept as code streams', imageInstance(decoded, { attributes, frameDecoder, frameSource })],
  ])('are joined without a gap: %s', async (_title, instance) => {
    const file = await bytesOf(instance.part10())
    expect([...file.subarray(-6)]).toEqual([...bytes])
    expect(instance.frameChecks).toEqual({ verified: 3, unverified: 0 })
    for (const [index, frame] of samples.entries()) expect(await instance.frame(index)).toEqual(frame)
  })
})

test('decoded 1-bit samples are packed', async () => {
  const pixels = Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 0, 1)
  const decoded = { pixels, width: 9, height: 1, components: 1, bitsPerSample: 1, isSigned: false }
  const frame = { codeStream: new Uint8Array(4), decoded: { ...decoded, checksum: crc32(pixels) } }
  const instance = imageInstance([frame], { attributes: { BitsAllocated: 1 } })
  expect([...(await bytesOf(instance.part10())).subarray(-2)]).toEqual([0b00011001, 1])
})
