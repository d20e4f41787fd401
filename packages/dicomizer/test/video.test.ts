import { crc32 } from 'node:zlib'

import {
  FrameChecksumError,
  FrameMissingError,
  FrameSizeError,
  InstanceTooLargeError,
  type DicomInstance,
  type FrameStream,
} from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { bytesOf, imageInstance, knownFrame, type TestOptions } from './instances.ts'
import { readBack } from './read-back.ts'
import { hasPydicom } from './tools.ts'

const mpeg4 = '1.2.840.10008.1.2.4.102'

/** Returns an object of known bytes in chunks of any size. */
const object = Uint8Array.from({ length: 10_001 }, (_, index) => (index * 31) % 251)

async function* inChunks(bytes: Uint8Array, size = 999): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

function streaming(stream: Partial<FrameStream> = {}): Pick<TestOptions, 'frameSource'> {
  return {
    frameSource: {
      getImageFrame: async () => Promise.reject(new Error('it is not to be held in memory')),
      streamImageFrame: async () => ({ data: inChunks(object), byteLength: object.length, ...stream }),
    },
  }
}

interface Video extends TestOptions {
  readonly uid?: string
  readonly checksum?: number | undefined
  readonly size?: number | undefined
}

function video({ uid = mpeg4, checksum = crc32(object), size, ...options }: Video = {}): DicomInstance {
  const frame = knownFrame(0, { components: 3, bitsPerSample: 8 })
  return imageInstance([frame], {
    attributes: { NumberOfFrames: '250', PhotometricInterpretation: 'YBR_PARTIAL_420', LossyImageCompression: '01' },
    instance: {
      StoredTransferSyntaxUID: uid,
      ImageFrames: [
        {
          ID: 'frame0',
          PixelDataChecksumFromBaseToFullResolution: [{ Width: 4, Height: 3, Checksum: checksum }],
          ...(size === undefined ? {} : { FrameSizeInBytes: size }),
        },
      ],
    },
    ...streaming(),
    ...options,
  })
}

describe.each(['explicit', 'stored'] as const)('a video written as %s', (transferSyntax) => {
  test('is one fragment after an empty table, in its own syntax, verified', async () => {
    const instance = video({ transferSyntax })
    const file = await bytesOf(instance.part10())
    const fragment = Buffer.alloc(8)
    fragment.write('feff00e0', 'hex')
    fragment.writeUInt32LE(object.length + 1, 4)
    const pixelData = Buffer.from('e07f10004f420000fffffffffeff00e000000000', 'hex')
    const expected = Buffer.concat([
      pixelData,
      fragment,
      object,
      Buffer.alloc(1),
      Buffer.from('feffdde000000000', 'hex'),
    ])
    expect(file.subarray(-expected.length)).toEqual(expected)
    expect(instance.transferSyntaxUid).toBe(mpeg4)
    expect(instance.frameChecks).toEqual({ verified: 1, unverified: 0 })
    expect(instance.notices.map(({ code }) => code)).toEqual(
      transferSyntax === 'explicit' ? ['PIXELS_NOT_DECODED'] : [],
    )
  })

  test('ends with an error if its bytes do not match the checksum', async () => {
    await expect(bytesOf(video({ transferSyntax, checksum: 1 }).part10())).rejects.toThrow(FrameChecksumError)
  })
})

test.skipIf(!hasPydicom())('pydicom reads a video as one frame, and its attributes as they were', async () => {
  const [file] = readBack([await bytesOf(video().part10())])
  const padded = Buffer.concat([object, Buffer.alloc(1)])
  expect(file?.dataSet['00280004']?.value).toBe('YBR_PARTIAL_420')
  expect(file?.dataSet['00280008']?.value).toBe('250')
  // The value of the element in pydicom: an empty table, then the only fragment.
  const base64 = file?.dataSet['7FE00010']?.value
  const value = Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64')
  expect(value.subarray(0, 8).toString('hex')).toBe('feff00e000000000')
  expect(value.subarray(16, 16 + padded.length)).toEqual(padded)
})

describe('the length of a video', () => {
  test('is taken from the document if the source does not state it', async () => {
    const known = await bytesOf(video().part10())
    const stated = video({ ...streaming({ byteLength: undefined }), size: object.length })
    expect(Buffer.compare(await bytesOf(stated.part10()), known)).toBe(0)
  })

  test('is measured in memory if it is not stated, or if the source does not stream', async () => {
    const known = await bytesOf(video().part10())
    const unknown = video(streaming({ byteLength: undefined }))
    const whole = video({ frameSource: { getImageFrame: async () => ({ data: object.slice() }) } })
    for (const instance of [unknown, whole]) expect(Buffer.compare(await bytesOf(instance.part10()), known)).toBe(0)
  })

  test.each([object.length - 1, object.length + 1])(
    'of another number is an error, and not asked again: %i',
    async (size) => {
      const source = {
        getImageFrame: async () => ({ data: object.slice() }),
        streamImageFrame: async () => ({ data: inChunks(object) }),
      }
      const instance = video({ frameSource: source, size })
      await expect(bytesOf(instance.part10())).rejects.toThrow(FrameSizeError)
      expect(Buffer.compare(await bytesOf(instance.part10()), await bytesOf(video().part10()))).toBe(0)
    },
  )
})

describe('a video longer than a fragment', () => {
  const chunk = new Uint8Array((1 << 26) + 1).fill(3)
  const chunks = 65
  const byteLength = chunk.length * chunks

  async function* repeated(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < chunks; index++) yield chunk
  }

  test('is split into several if its syntax allows it', async () => {
    const instance = video({ uid: `${mpeg4}.1`, verifyFrames: false, ...streaming({ data: repeated(), byteLength }) })
    const fragments: number[] = []
    let total = 0
    for await (const part of instance.part10()) {
      total += part.length
      const isItem = part.length === 8 && part[0] === 0xfe && part[2] === 0
      if (isItem) fragments.push(Buffer.from(part).readUInt32LE(4))
    }
    const [table, ...lengths] = fragments
    expect(table).toBe(0)
    expect(lengths).toEqual([2 ** 30, 2 ** 30, 2 ** 30, 2 ** 30, byteLength - 2 ** 32 + (byteLength % 2)])
    expect(total).toBeGreaterThan(byteLength + 6 * 8)
  })

  test('is an error in other syntaxes, and nothing is yielded', async () => {
    const instance = video(streaming({ data: repeated(), byteLength }))
    let yielded = 0
    const reading = (async () => {
      for await (const part of instance.part10()) yielded += part.length
    })()
    await expect(reading).rejects.toThrow(InstanceTooLargeError)
    await expect(reading).rejects.toMatchObject({ byteLength })
    expect(yielded).toBe(0)
  })
})

test('a missing video is a FrameMissingError, and several frames are a contradiction', async () => {
  const thrown = Object.assign(new Error('no such frame'), { statusCode: 404 })
  const source = {
    getImageFrame: async () => Promise.reject(thrown),
    streamImageFrame: async () => Promise.reject(thrown),
  }
  await expect(bytesOf(video({ frameSource: source }).part10())).rejects.toThrow(FrameMissingError)
  const instance = { StoredTransferSyntaxUID: mpeg4 }
  const two = imageInstance([knownFrame(0), knownFrame(1)], { instance })
  await expect(bytesOf(two.part10())).rejects.toMatchObject({ code: 'FRAME_MISMATCH' })
})

test('an abort ends the stream of a video', async () => {
  const stop = new AbortController()
  const reading = (async () => {
    for await (const part of video().part10({ signal: stop.signal })) if (part.length === 999) stop.abort()
  })()
  await expect(reading).rejects.toThrow(/abort/i)
})

test('frame() of a video is an error, and fetches nothing', async () => {
  await expect(video({ frameSource: undefined }).frame(0)).rejects.toMatchObject({
    code: 'TRANSFER_SYNTAX_UNSUPPORTED',
  })
})
