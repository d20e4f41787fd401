import {
  FrameChecksumError,
  FrameDecodeError,
  FrameMismatchError,
  FrameMissingError,
  InstanceTooLargeError,
  UnsupportedTransferSyntaxError,
  type DecodedFrame,
} from '@ahi-dicom/dicomizer'
import { expect, test } from 'vitest'

import { bytesOf, framesOf, imageInstance, imageMetadata, knownFrame, onlyInstance } from './instances.ts'

const good = knownFrame(0)
const next = knownFrame(1)

/** Returns metadata of two frames, and a decoder that returns other pixels for the second. */
function instanceWithOther(decoded: Partial<DecodedFrame>, options = {}): ReturnType<typeof imageInstance> {
  const frames = [good, { ...next, decoded: { ...next.decoded, ...decoded } }]
  return onlyInstance(imageMetadata([good, next]), { ...framesOf(frames), ...options })
}

async function failure(instance: {
  part10(): AsyncIterable<Uint8Array>
}): Promise<{ readonly error: unknown; readonly byteLength: number }> {
  let byteLength = 0
  try {
    for await (const chunk of instance.part10()) byteLength += chunk.length
  } catch (error) {
    return { error, byteLength }
  }
  throw new Error('nothing was thrown')
}

test('a checksum error names the frame', async () => {
  const { error } = await failure(instanceWithOther({ checksum: 1 }))
  expect(error).toBeInstanceOf(FrameChecksumError)
  expect(error).toMatchObject({
    code: 'FRAME_CHECKSUM_MISMATCH',
    datastoreId: '0123456789abcdef0123456789abcdef',
    imageSetId: 'fedcba9876543210fedcba9876543210',
    sopInstanceUid: '1.2.3.4.5',
    imageFrameId: 'frame1',
    frameIndex: 1,
    expected: next.decoded.checksum,
    actual: 1,
  })
})

test('no byte of a damaged frame is yielded, and the frames before it are verified', async () => {
  const whole = imageInstance([good, next])
  let byteLength = 0
  for await (const chunk of whole.part10()) byteLength += chunk.length
  const failed = await failure(instanceWithOther({ checksum: 1 }, { frameConcurrency: 1 }))
  expect(failed.byteLength).toBe(byteLength - next.decoded.pixels.length)
})

test('nothing is yielded if the first frame is damaged', async () => {
  const frames = [{ ...good, decoded: { ...good.decoded, checksum: 1 } }, next]
  const { byteLength } = await failure(onlyInstance(imageMetadata([good, next]), framesOf(frames)))
  expect(byteLength).toBe(0)
})

test.each([
  ['width', { width: 5 }],
  ['height', { height: 2 }],
  ['number of components', { components: 3 }],
  ['sign', { isSigned: true }],
  ['depth', { bitsPerSample: 17 }],
  ['length', { pixels: new Uint8Array(5) }],
])('a frame of another %s does not match', async (_title, decoded) => {
  const { error } = await failure(instanceWithOther(decoded))
  expect(error).toBeInstanceOf(FrameMismatchError)
  expect(error).toMatchObject({ code: 'FRAME_MISMATCH', imageFrameId: 'frame1' })
})

test.each(['explicit', 'stored'] as const)(
  'NumberOfFrames has to be the number of frames (%s)',
  async (transferSyntax) => {
    const instance = imageInstance([good, next], { attributes: { NumberOfFrames: '3' }, transferSyntax })
    const { error, byteLength } = await failure(instance)
    expect(error).toBeInstanceOf(FrameMismatchError)
    expect(byteLength).toBe(0)
  },
)

test('a frame that the source lacks is a FrameMissingError', async () => {
  const { error } = await failure(onlyInstance(imageMetadata([good, next]), framesOf([good])))
  expect(error).toBeInstanceOf(FrameMissingError)
  expect(error).toMatchObject({ code: 'FRAME_MISSING', imageFrameId: 'frame1', cause: { statusCode: 404 } })
})

test('other errors of the source pass through unchanged', async () => {
  const thrown = Object.assign(new Error('slow down'), { statusCode: 429 })
  const frameSource = { getImageFrame: async () => Promise.reject(thrown) }
  const { error } = await failure(imageInstance([good], { frameSource }))
  expect(error).toBe(thrown)
})

test('a decoding error names the frame', async () => {
  const cause = new Error('the code stream is 3 bytes')
  const { error } = await failure(
    imageInstance([good], { frameDecoder: { decode: async () => Promise.reject(cause) } }),
  )
  expect(error).toBeInstanceOf(FrameDecodeError)
  expect(error).toMatchObject({ code: 'FRAME_UNDECODABLE', imageFrameId: 'frame0', cause })
})

test.each(['explicit', 'stored'] as const)(
  'frames in a syntax that nobody knows, and of unknown bytes, cannot be written as %s',
  async (transferSyntax) => {
    const uid = '1.2.840.10008.1.2.4.9999'
    const instance = imageInstance([good], { instance: { StoredTransferSyntaxUID: uid }, transferSyntax })
    const { error, byteLength } = await failure(instance)
    expect(error).toBeInstanceOf(UnsupportedTransferSyntaxError)
    expect(error).toMatchObject({ code: 'TRANSFER_SYNTAX_UNSUPPORTED', transferSyntaxUid: uid })
    expect(byteLength).toBe(0)
    await expect(instance.frame(0)).rejects.toThrow(UnsupportedTransferSyntaxError)
  },
)

test('pixels of 4 GiB are an error before anything is fetched', async () => {
  let requests = 0
  const frameSource = {
    getImageFrame: async () => {
      requests++
      return { data: good.codeStream.slice() }
    },
  }
  const { error } = await failure(imageInstance([good], { attributes: { Rows: 65_535, Columns: 65_535 }, frameSource }))
  expect(error).toBeInstanceOf(InstanceTooLargeError)
  expect(error).toMatchObject({ code: 'INSTANCE_TOO_LARGE', byteLength: 65_535 * 65_535 * 2 })
  expect(String(error)).toContain('`stored`')
  expect(requests).toBe(0)
})

test('frames require a frame reader; without a decoder they are encapsulated', async () => {
  expect(String((await failure(imageInstance([good], { frameReader: undefined }))).error)).toContain('`frameReader`')
  const instance = imageInstance([good], { frameDecoder: undefined })
  await bytesOf(instance.part10())
  expect(instance.transferSyntaxUid).toBe('1.2.840.10008.1.2.4.202')
  expect(instance.notices.map(({ code }) => code)).toEqual(['PIXELS_NOT_DECODED'])
  await expect(instance.frame(0)).rejects.toThrow(UnsupportedTransferSyntaxError)
})

test('the frame concurrency has to be a positive integer', async () => {
  const { error } = await failure(imageInstance([good], { frameConcurrency: 0 }))
  expect(error).toBeInstanceOf(TypeError)
})
