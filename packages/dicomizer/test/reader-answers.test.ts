import { crc32 } from 'node:zlib'

import {
  createFrameReader,
  type DecodedFrame,
  type FrameReader,
  type FrameSource,
  type InstanceSource,
  type ReadFrame,
} from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { jpeg2000 } from './code-streams.ts'
import { bytesOf, imageMetadata, knownFrame, onlyInstance } from './instances.ts'

const known = knownFrame(0)
/** Values that callers in JavaScript may return. */
const anything = [
  [undefined, '`undefined`'],
  [null, '`object`'],
  ['<html>', '`string`'],
  [7, '`7`'],
] as const

function readerOf(answer: unknown): FrameReader {
  const parsed: ReadFrame = JSON.parse('{}')
  return {
    read: async () => (answer === undefined ? answerOf(undefined) : answerOf(answer, parsed)),
    decodes: () => true,
  }
}

/** Passes a value of any type as the expected type. */
function answerOf<Promised>(answer: unknown, _promised?: Promised): Promised {
  const passed: { readonly value: Promised } = Object.create({}, { value: { value: answer } })
  return passed.value
}

async function export10(frameReader: FrameReader): Promise<Buffer> {
  return bytesOf(onlyInstance(imageMetadata([known]), { frameReader }).part10())
}

describe('a frame reader that returns', () => {
  test.each(anything)('%j throws an error with the expected type', async (answer, given) => {
    await expect(export10(readerOf(answer))).rejects.toThrow(
      'Expected `read` of the frame reader, for frame frame0, to give an object with `byteLength`, `contentType`, ' +
        `\`stored\`, \`release\`, got ${given}`,
    )
  })

  const { codeStream: stored, decoded } = known
  const byteLength = stored.length
  const right = { byteLength, stored, decoded }
  test.each([
    ['no length', { ...right, byteLength: undefined }, '`byteLength` as a number of bytes, got `undefined`'],
    ['a response', new Response('x'), '`byteLength` as a number of bytes, got `undefined`'],
    ['text', { ...right, stored: 'text' }, '`stored` as a Uint8Array or `undefined`, got `string`'],
    ['an ArrayBuffer', { ...right, stored: stored.buffer }, 'got `ArrayBuffer`'],
    ['no release', { ...right, release: true }, '`release` as a function or `undefined`, got `true`'],
    ['no pixels', { ...right, decoded: { ...decoded, pixels: undefined } }, '`pixels` as a Uint8Array'],
    ['pixels alone', { ...right, decoded: decoded.pixels }, '`pixels` as a Uint8Array, got `undefined`'],
    ['half a pixel', { ...right, decoded: { ...decoded, width: 2.5 } }, '`width` as a positive integer, got `2.5`'],
    ['64 bits', { ...right, decoded: { ...decoded, bitsPerSample: 64 } }, '`bitsPerSample` as an integer from 1 to 32'],
    ['no sign', { ...right, decoded: { ...decoded, isSigned: undefined } }, '`isSigned` as a boolean'],
    ['no checksum', { ...right, decoded: { ...decoded, checksum: 'x' } }, '`checksum` as a number, got `string`'],
  ])('%s throws an error with the expected type', async (_name, answer, why) => {
    await expect(export10(readerOf(answer))).rejects.toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(why) }),
    )
  })
})

describe('a frame source that returns', () => {
  test.each([...anything.map(([answer]) => answer), {}, { body: 'x' }, { data: 'text' }])(
    '%j throws an error with the expected type',
    async (answer) => {
      const source: FrameSource = { getImageFrame: async () => answerOf(answer) }
      await expect(export10(createFrameReader({ source }))).rejects.toThrow(
        'Expected `getImageFrame` of the frame source, for frame frame0, to give',
      )
    },
  )
})

test('an invalid stream of a video throws an error with the expected type', async () => {
  const instance = { StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.102' }
  for (const [answer] of [...anything, [{ data: [1, 2] }]] as const) {
    const frameReader: FrameReader = { ...readerOf(undefined), stream: async () => answerOf(answer) }
    const video = onlyInstance(imageMetadata([known], {}, instance), { frameReader })
    await expect(bytesOf(video.part10())).rejects.toThrow('Expected `stream` of the frame reader, for frame frame0,')
  }
})

test('an instance source that returns no file throws an error with the expected type', async () => {
  for (const [answer] of [...anything, [{ body: 'x' }]] as const) {
    const instanceSource: InstanceSource = { getDICOMInstance: async () => answerOf(answer) }
    const instance = onlyInstance(imageMetadata([known]), { instanceSource, source: 'instance' })
    await expect(bytesOf(instance.part10())).rejects.toThrow(
      'Expected `getDICOMInstance` of the instance source, for 1.2.3.4.5, to give',
    )
  }
})

describe('a decoder that returns another image than the code stream has', () => {
  const grey = { bitsPerSample: 8 }
  const bytes = jpeg2000({ ...grey, isReversible: false })
  const { decoded: right } = knownFrame(0, grey)
  const wrong: readonly [string, Partial<DecodedFrame>][] = [
    ['width and height', { width: 3, height: 4 }],
    ['components', { width: 2, height: 2, components: 3 }],
    ['depth', { bitsPerSample: 7 }],
    ['sign', { isSigned: true }],
  ]

  test.each(wrong)('fails by %s', async (_name, other) => {
    const instance = instanceWith({ ...right, ...other })
    await bytesOf(instance.part10())
    expect(instance.transferSyntaxUid).toBe('1.2.840.10008.1.2.4.91')
    expect(instance.notices.map(({ code }) => code)).toEqual(['PIXELS_NOT_DECODED'])
    await expect(instanceWith({ ...right, ...other }).frame(0)).rejects.toThrow('the decoder returned')
  })

  test('is accepted if it returns the right image', async () => {
    const instance = instanceWith(right)
    await bytesOf(instance.part10())
    expect(instance.transferSyntaxUid).toBe('1.2.840.10008.1.2.1')
  })

  test('does not change the attributes if no header can be compared', async () => {
    const noHeader = Uint8Array.of(0xff, 0x0a, 1, 2, 3)
    const instance = instanceWith({ ...right, width: 3, height: 4 }, noHeader, '1.2.840.10008.1.2.4.112')
    await expect(bytesOf(instance.part10())).rejects.toMatchObject({ code: 'FRAME_MISMATCH' })
  })

  function instanceWith(decoded: DecodedFrame, data = bytes, uid = '1.2.840.10008.1.2.4.91') {
    const metadata = imageMetadata(
      [{ codeStream: data, decoded: { ...right, checksum: crc32(data) } }],
      {
        LossyImageCompression: '01',
      },
      { StoredTransferSyntaxUID: uid },
    )
    return onlyInstance(metadata, {
      frameSource: { getImageFrame: async () => ({ data: data.slice() }) },
      frameDecoder: { decode: async () => decoded, decodes: () => true },
    })
  }
})
