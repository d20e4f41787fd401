import { crc32 } from 'node:zlib'

import { MetadataError } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { jpeg2000 } from './code-streams.ts'
import { bytesOf, imageInstance, knownFrame } from './instances.ts'

describe('samples with an unsupported BitsAllocated', () => {
  const native = '1.2.840.10008.1.2.1'

  test.each([24, 64, 2, 4, 12, 48])('of %i are an error if uncompressed', async (BitsAllocated) => {
    const bytes = new Uint8Array(Math.ceil((12 * BitsAllocated) / 8))
    const { decoded } = knownFrame(0)
    const instance = imageInstance([{ codeStream: bytes, decoded: { ...decoded, checksum: crc32(bytes) } }], {
      attributes: { BitsAllocated, BitsStored: BitsAllocated, HighBit: BitsAllocated - 1 },
      instance: { StoredTransferSyntaxUID: native },
      frameSource: { getImageFrame: async () => ({ data: bytes.slice() }) },
    })
    for (const reading of [bytesOf(instance.part10()), instance.frame(0)]) {
      const error: unknown = await reading.catch((failure: unknown) => failure)
      expect(error).toBeInstanceOf(MetadataError)
      expect(error).toHaveProperty(
        'message',
        expect.stringContaining(`it is ${BitsAllocated}, but only 1, 8, 16 and 32 are supported`),
      )
    }
  })

  test.each([24, 64])('of %i are an error if decoded, and kept if encapsulated', async (BitsAllocated) => {
    const bytes = jpeg2000({ isReversible: false })
    const { decoded } = knownFrame(0)
    const options = {
      attributes: { BitsAllocated, LossyImageCompression: '01' },
      instance: { StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.91' },
      frameSource: { getImageFrame: async () => ({ data: bytes.slice() }) },
      frameDecoder: { decode: async () => decoded },
    }
    const frames = [{ codeStream: bytes, decoded: { ...decoded, checksum: crc32(bytes) } }]
    await expect(bytesOf(imageInstance(frames, options).part10())).rejects.toBeInstanceOf(MetadataError)
    const stored = imageInstance(frames, { ...options, transferSyntax: 'stored' })
    expect((await bytesOf(stored.part10())).includes(Buffer.from(bytes))).toBe(true)
  })
})
