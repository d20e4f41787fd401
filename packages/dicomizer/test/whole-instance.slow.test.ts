import { crc32 } from 'node:zlib'

import {
  FrameChecksumError,
  FrameDecodeError,
  FrameMismatchError,
  InstanceFileError,
  UnsupportedTransferSyntaxError,
  type DecodedFrame,
  type FrameDecoder,
  type InstanceRequest,
} from '@ahi-dicom/dicomizer'
import * as fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'

import { bytesOf } from './instances.ts'
import { hasPydicom } from './tools.ts'
import { fileSource, wholeFiles, wholeInstance, type MadeFile } from './whole-files.ts'

afterEach(() => vi.useRealTimers())

describe.skipIf(!hasPydicom())('a whole instance', () => {
  let files: readonly MadeFile[] = []
  beforeAll(() => {
    files = wholeFiles()
  })
  const fileOf = (name: string): MadeFile => {
    const made = files.find((file) => file.name === name)
    if (made === undefined) throw new Error(`no file ${name}`)
    return made
  }

  test('is returned byte for byte, in any chunks', async () => {
    for (const made of files) {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 20 }),
          async (chunks) => {
            const instanceSource = fileSource(made.file, { chunks: [...chunks, 1] })
            const instance = wholeInstance(made, { instanceSource })
            expect((await bytesOf(instance.part10())).equals(made.file)).toBe(true)
            expect(instance.source).toBe('instance')
            expect(instance.transferSyntaxUid).toBe(made.transferSyntax)
          },
        ),
        { numRuns: 15 },
      )
      const { verified } = await checksOf(made, [1])
      expect([made.name, await checksOf(made, [made.file.length])]).toEqual([made.name, await checksOf(made, [1])])
      expect([made.name, verified]).toEqual([made.name, comparable(made) ? made.frames.length : 0])
    }
  })

  describe('that is cut off', () => {
    test('is an error at every place, before its end is yielded', async () => {
      for (const made of files) {
        for (let length = 0; length < made.file.length; length += made.file.length < 1000 ? 3 : 37) {
          const instanceSource = fileSource(made.file.subarray(0, length), {
            byteLength: made.file.length,
            chunks: [300],
          })
          const { read, error } = await untilFailure(wholeInstance(made, { instanceSource }))
          expect(error).toMatchObject({ code: 'INSTANCE_FILE_INVALID', sopInstanceUid: '1.2.3.4.5' })
          expect(read).toBeLessThan(Math.max(1, length))
        }
      }
    })

    test('is an error up to the end of its pixels if its length is unknown', async () => {
      const others = ['report', 'deflated', 'deflated by dcmtk', 'big endian']
      for (const made of files.filter(({ name }) => !others.includes(name))) {
        const pixels = made.file.lastIndexOf(pixelDataHeader)
        expect(pixels).toBeGreaterThan(0)
        for (let length = 0; length < pixels + 9; length += 31) {
          const instanceSource = fileSource(made.file.subarray(0, length), { chunks: [300] })
          const { error } = await untilFailure(wholeInstance(made, { instanceSource }))
          expect(error).toBeInstanceOf(InstanceFileError)
        }
      }
    })

    test.each(['deflated', 'deflated by dcmtk'])('is an error anywhere in a data set that is %s', async (name) => {
      const made = files.find((file) => file.name === name)
      if (made === undefined) return
      for (let length = 0; length < made.file.length - 4; length += 3) {
        const instanceSource = fileSource(made.file.subarray(0, length), { chunks: [11] })
        const { error } = await untilFailure(wholeInstance(made, { instanceSource }))
        expect(error).toBeInstanceOf(InstanceFileError)
      }
    })
  })

  describe('that is not the requested one', () => {
    test.each<[string, (file: Buffer) => Buffer | void, string]>([
      ['not DICOM', (file) => void file.write('DICX', 128, 'latin1'), 'not a DICOM file'],
      ['another instance by its group 2', replaced('1.2.3.4.5', '1.2.3.4.6'), 'another instance'],
      ['another instance by its data set', (file) => last(file, '1.2.3.4.5', '1.2.3.4.6'), 'another instance'],
      ['without a transfer syntax', replaced('\x02\x00\x10\x00UI', '\x02\x00\x11\x00UI'), 'no TransferSyntaxUID'],
      ['longer', (file) => Buffer.concat([file, Buffer.alloc(5)]), 'ends inside an element'],
      ['no data set', (file) => file.subarray(0, file.indexOf('\x08\x00\x16\x00', 0, 'latin1')), 'ends inside'],
      ['of elements without a VR', replaced('\x10\x00\x10\x00PN', '\x10\x00\x10\x00p?'), 'has no VR'],
    ])('is an error: %s', async (_, change, message) => {
      const { error } = await broken(fileOf('explicit'), change)
      expect(error).toBeInstanceOf(InstanceFileError)
      expect(String(error)).toContain(message)
    })

    test('is an error: without Pixel Data, although the image set has frames', async () => {
      const made = { ...fileOf('report'), frames: fileOf('explicit').frames }
      const { error } = await broken(made, () => {})
      expect(String(error)).toContain('has no Pixel Data')
    })

    test('is an error: sequences nested without end', async () => {
      const made = fileOf('report')
      const at = made.file.indexOf('\x10\x00\x10\x00PN', 0, 'latin1')
      const item = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff])
      const sequence = Buffer.from([0x40, 0x00, 0x30, 0xa7, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff])
      const deep = Array.from({ length: 2000 }, () => [sequence, item]).flat()
      const { error } = await broken(made, (file) => Buffer.concat([file.subarray(0, at), ...deep]))
      expect(String(error)).toContain('nested deeper')
    })
  })

  describe('whose frames do not match the checksums', () => {
    test.each(['explicit', 'implicit', '32 bits', 'one odd frame', 'offset table', 'no offset table', 'fragments'])(
      'is an error before its end is yielded: %s',
      async (name) => {
        const made = fileOf(name)
        const file = Buffer.from(made.file)
        const last = made.frames.at(-1)
        const at = file.lastIndexOf((last?.encoded ?? last?.pixels ?? Buffer.alloc(0)).subarray(0, 8))
        file[at] = (file[at] ?? 0) ^ 1
        const { read, error } = await untilFailure(
          wholeInstance(made, { instanceSource: fileSource(file, { chunks: [99] }) }),
        )
        expect(error).toBeInstanceOf(FrameChecksumError)
        expect(error).toMatchObject({
          frameIndex: made.frames.length - 1,
          imageFrameId: `frame${made.frames.length - 1}`,
        })
        expect(read).toBeLessThan(file.length)
      },
    )

    test('is no error if frames cannot be located or the document has others', async () => {
      const made = fileOf('explicit')
      for (const [file, document] of [
        [fileOf('fragments without a table'), {}],
        [made, { ImageFrames: [] }],
        [made, { StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.50' }],
      ] as const) {
        const changed = { ...file, frames: file.frames.map((frame) => ({ ...frame, pixels: Buffer.from([1]) })) }
        const instance = wholeInstance(changed, { instanceSource: fileSource(file.file), document })
        await bytesOf(instance.part10())
        expect(instance.frameChecks).toEqual({ verified: 0, unverified: 3 })
      }
    })
  })

  test('of a video is one object, for any NumberOfFrames', async () => {
    const made = fileOf('video')
    const instance = wholeInstance(made, { instanceSource: fileSource(made.file), transferSyntax: 'stored' })
    await bytesOf(instance.part10())
    expect(instance.frameChecks).toEqual({ verified: 1, unverified: 0 })
    const file = Buffer.from(made.file)
    const at = file.lastIndexOf((made.frames[0]?.encoded ?? Buffer.alloc(0)).subarray(0, 8))
    file[at] = (file[at] ?? 0) ^ 1
    const instanceSource = fileSource(file)
    const { error } = await untilFailure(wholeInstance(made, { instanceSource, transferSyntax: 'stored' }))
    expect(error).toBeInstanceOf(FrameChecksumError)
  })

  describe('of code streams whose checksums cover the pixels', () => {
    const stored = { transferSyntax: 'stored' } as const

    test('is verified by the frame decoder', async () => {
      const made = fileOf('code streams')
      const instanceSource = fileSource(made.file, { chunks: [100] })
      const instance = wholeInstance(made, { ...stored, instanceSource, frameDecoder: decoderOf(made) })
      expect((await bytesOf(instance.part10())).equals(made.file)).toBe(true)
      expect(instance.frameChecks).toEqual({ verified: 3, unverified: 0 })
    })

    test.each([
      ['pixels of another checksum', FrameChecksumError, (frame: DecodedFrame) => ({ ...frame, checksum: 1 })],
      [
        'code streams that cannot be decoded',
        FrameDecodeError,
        () => {
          throw new Error('no code stream')
        },
      ],
    ])('is an error before its end is yielded: %s', async (_, expected, change) => {
      const made = fileOf('code streams')
      const decoder = decoderOf(made)
      const frameDecoder: FrameDecoder = { decode: async (bytes) => change(await decoder.decode(bytes)) }
      const instanceSource = fileSource(made.file, { chunks: [100] })
      const { read, error } = await untilFailure(wholeInstance(made, { ...stored, instanceSource, frameDecoder }))
      expect(error).toBeInstanceOf(expected)
      expect(error).toMatchObject({ frameIndex: 0 })
      expect(read).toBeLessThan(made.file.length)
    })

    test.each([{ verifyFrames: false }, { frameDecoder: undefined }])('is not verified with %o', async (options) => {
      const made = fileOf('code streams')
      const frameDecoder = decoderOf(made)
      const instance = wholeInstance(made, {
        ...stored,
        frameDecoder,
        instanceSource: fileSource(made.file),
        ...options,
      })
      await bytesOf(instance.part10())
      expect(instance.frameChecks).toEqual({ verified: 0, unverified: 3 })
    })
  })

  describe('is requested', () => {
    test('decoded, and as it is stored if AHI cannot decode it, with a notice', async () => {
      const made = fileOf('offset table')
      const instanceSource = fileSource(made.file, { isStoredOnly: true })
      const instance = wholeInstance(made, { instanceSource })
      expect(instance.transferSyntaxUid).toBe('1.2.840.10008.1.2.1')
      await bytesOf(instance.part10())
      expect(instance.transferSyntaxUid).toBe(made.transferSyntax)
      expect(instance.notices.map(({ code }) => code)).toEqual(['PIXELS_NOT_DECODED'])
      const uids = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4', sopInstanceUid: '1.2.3.4.5' }
      const { datastoreId, imageSetId } = instance
      expect(instanceSource.requests).toMatchObject([
        { datastoreId, imageSetId, ...uids, transferSyntax: '1.2.840.10008.1.2.1' },
        { datastoreId, imageSetId, ...uids, transferSyntax: '*' },
      ])
    })

    test('first as it is stored with `stored`', async () => {
      const made = fileOf('offset table')
      const instanceSource = fileSource(made.file, { isStoredOnly: true })
      const instance = wholeInstance(made, { instanceSource, transferSyntax: 'stored' })
      expect(instance.transferSyntaxUid).toBe(made.transferSyntax)
      await bytesOf(instance.part10())
      expect(instance.notices).toEqual([])
      expect(instanceSource.requests.map(({ transferSyntax }) => transferSyntax)).toEqual(['*'])
    })

    test('if its frames cannot be used, with a notice', async () => {
      const made = fileOf('explicit')
      const document = { ImageFrames: [] }
      const instance = wholeInstance(made, { instanceSource: fileSource(made.file), document, source: 'frames' })
      expect((await bytesOf(instance.part10())).equals(made.file)).toBe(true)
      expect(instance.frameCount).toBe(3)
      expect(instance.notices).toMatchObject([{ code: 'WHOLE_INSTANCE_USED', isLoss: false }])
    })

    test('and may have no pixels', async () => {
      const made = { ...fileOf('report'), attributes: fileOf('explicit').attributes }
      const instance = wholeInstance(made, { instanceSource: fileSource(made.file), source: 'frames' })
      expect((await bytesOf(instance.part10())).equals(made.file)).toBe(true)
      expect(instance.frameChecks).toEqual({ verified: 0, unverified: 0 })
      expect([instance.frameCount, instance.pictureCount]).toEqual([0, 0])
    })

    test('and has no frames after a missing one was requested', async () => {
      const made = { ...fileOf('report'), attributes: fileOf('explicit').attributes }
      const instance = wholeInstance(made, { instanceSource: fileSource(made.file), source: 'frames' })
      expect(instance.pictureCount).toBe(3)
      await expect(instance.frame(0)).rejects.toBeInstanceOf(FrameMismatchError)
      expect(instance.pictureCount).toBe(0)
    })

    test('and has frames that fail if its pixels are longer than its attributes state', async () => {
      const { file, ...made } = fileOf('explicit')
      const rows = file.indexOf(Buffer.from([0x28, 0x00, 0x10, 0x00, 0x55, 0x53, 0x02, 0x00])) + 8
      const fewer = Buffer.from(file)
      fewer.writeUInt16LE(file.readUInt16LE(rows) - 1, rows)
      const described = { ...made, file: fewer, frames: [], attributes: made.attributes }
      const instance = wholeInstance(described, { instanceSource: fileSource(fewer), source: 'frames' })
      await expect(instance.frame(0)).rejects.toThrow('contradicts its attributes')
      expect(instance.pictureCount).toBe(3)
    })

    test('and other errors of the source pass through', async () => {
      const made = fileOf('explicit')
      const reason = Object.assign(new Error('gone'), { statusCode: 404 })
      const instanceSource = { getDICOMInstance: () => Promise.reject(reason) }
      const { error } = await untilFailure(wholeInstance(made, { instanceSource }))
      expect(error).toBe(reason)
    })

    test('until the signal aborts, and its reason passes through', async () => {
      const made = fileOf('explicit')
      const instanceSource = fileSource(made.file, { chunks: [100] })
      const controller = new AbortController()
      const reason = new Error('enough')
      const chunks = wholeInstance(made, { instanceSource }).part10({ signal: controller.signal })
      const read = async (): Promise<void> => {
        for await (const chunk of chunks) if (chunk.length > 0) controller.abort(reason)
      }
      await expect(read()).rejects.toBe(reason)
      expect(instanceSource.requests[0]?.signal).toBe(controller.signal)
      expect(instanceSource.ended).toBe(1)
    })
  })

  describe('returns frames', () => {
    test('that equal those of pydicom', async () => {
      for (const made of files.filter(({ name, frames }) => name !== 'big endian' && frames.length > 0)) {
        if (made.name === 'fragments without a table') continue
        const instanceSource = fileSource(made.file, { chunks: [1000, 3] })
        const frameDecoder = decoderOf(made)
        const isDecoded = made.frames[0]?.encoded === undefined || made.name === 'code streams'
        if (!isDecoded) continue
        const instance = wholeInstance(made, { instanceSource, frameDecoder })
        expect(instance.frameCount).toBe(made.frames.length)
        for (const [index, { pixels }] of made.frames.entries()) {
          const array = await instance.frame(index)
          const found = Buffer.from(array.buffer, array.byteOffset, array.byteLength)
          expect([made.name, index, found.toString('hex')]).toEqual([made.name, index, pixels.toString('hex')])
        }
        expect([instanceSource.requests.length, instanceSource.ended]).toEqual([1, 1])
      }
    })

    test('as arrays of their samples', async () => {
      const kinds = { explicit: Int16Array, '12 bits': Int16Array, '8 of 16 bits': Uint16Array, '32 bits': Uint32Array }
      for (const [name, kind] of Object.entries(kinds)) {
        const made = fileOf(name)
        expect(await wholeInstance(made, { instanceSource: fileSource(made.file) }).frame(1)).toBeInstanceOf(kind)
      }
    })

    test('in any order, each from another request unless it follows the last', async () => {
      const made = fileOf('explicit')
      const instanceSource = fileSource(made.file, { chunks: [500] })
      const instance = wholeInstance(made, { instanceSource })
      const order = [1, 2, 0, 1, 1]
      const found = await Promise.all(order.map((index) => instance.frame(index)))
      expect(found.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength))).toEqual(
        order.map((index) => made.frames[index]?.pixels),
      )
      expect(instanceSource.requests).toHaveLength(3)
    })

    test('and closes the file if no other frame is requested', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const made = fileOf('explicit')
      const instanceSource = fileSource(made.file, { chunks: [500] })
      await wholeInstance(made, { instanceSource }).frame(0)
      expect(instanceSource.ended).toBe(0)
      await vi.advanceTimersByTimeAsync(5000)
      expect(instanceSource.ended).toBe(1)
    })

    test('until the signal aborts, and its reason passes through; another call makes another request', async () => {
      const made = fileOf('explicit')
      const whole = fileSource(made.file)
      const controller = new AbortController()
      const reason = new Error('enough')
      const stuck = async (request: InstanceRequest): Promise<never> => {
        controller.abort(reason)
        return new Promise((_, reject) => reject(request.signal?.reason))
      }
      const answers = [stuck, (request: InstanceRequest) => whole.getDICOMInstance(request)]
      const instance = wholeInstance(made, {
        instanceSource: { getDICOMInstance: async (request) => (answers.shift() ?? stuck)(request) },
      })
      await expect(instance.frame(0, { signal: controller.signal })).rejects.toBe(reason)
      expect((await instance.frame(0)).length).toBe(15)
    })

    test('or an error with the reason', async () => {
      const frame = (name: string, index: number, options = {}): Promise<unknown> => {
        const made = fileOf(name)
        return wholeInstance(made, { instanceSource: fileSource(made.file), ...options }).frame(index)
      }
      await expect(frame('explicit', 3)).rejects.toThrow(FrameMismatchError)
      await expect(frame('report', 0)).rejects.toThrow(RangeError)
      await expect(frame('big endian', 0)).rejects.toThrow(UnsupportedTransferSyntaxError)
      await expect(frame('code streams', 0)).rejects.toThrow('no decoder for')
      const frameDecoder = { decode: () => Promise.reject(new Error('no')) }
      await expect(frame('code streams', 0, { frameDecoder })).rejects.toThrow(FrameDecodeError)
      const spoiled = { ...fileOf('explicit'), frames: fileOf('implicit').frames.toReversed() }
      const instance = wholeInstance(spoiled, { instanceSource: fileSource(spoiled.file) })
      await expect(instance.frame(0)).rejects.toThrow(FrameChecksumError)
    })
  })

  test('that is damaged at random is returned unchanged, or is one of our errors', async () => {
    const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), removed: fc.nat(9) })
    const changes = fc.array(change, { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.nat(files.length - 1), changes, fc.boolean(), async (which, spoiling, asFrames) => {
        const made = files[which]
        if (made === undefined) return
        const file = spoiled(made.file, spoiling)
        const frameDecoder = decoderOf(made)
        const instance = wholeInstance(made, { instanceSource: fileSource(file, { chunks: [256] }), frameDecoder })
        const isFrame = asFrames && made.frames.length > 0
        const read = isFrame ? instance.frame(0) : bytesOf(instance.part10())
        const result = await read.catch((error: unknown) => error)
        const isOurs = result instanceof Error && 'code' in result && codes.includes(result.code)
        expect(isOurs || isFrame || (Buffer.isBuffer(result) && result.equals(file))).toBe(true)
        expect(isOurs || !(result instanceof Error)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  }, 60_000)
})

const codes: readonly unknown[] = [
  'INSTANCE_FILE_INVALID',
  'FRAME_CHECKSUM_MISMATCH',
  'FRAME_UNDECODABLE',
  'FRAME_MISMATCH',
  'TRANSFER_SYNTAX_UNSUPPORTED',
]

function spoiled(
  file: Buffer,
  changes: readonly { readonly at: number; readonly byte: number; readonly removed: number }[],
): Buffer {
  return changes.reduce((spoiling, { at, byte, removed }) => {
    const from = at % spoiling.length
    return Buffer.concat([spoiling.subarray(0, from), Buffer.from([byte]), spoiling.subarray(from + removed)])
  }, file)
}

/** Decodes the code streams of a file to its pixels of 8 bits. */
function decoderOf({ frames, attributes }: MadeFile): FrameDecoder {
  return {
    decode: async (codeStream) => {
      const frame = frames.find(({ encoded }) => encoded?.equals(codeStream.subarray(0, encoded.length)))
      if (frame === undefined) throw new Error('no such code stream')
      const pixels = new Uint8Array(frame.pixels)
      const size = { width: Number(attributes['Columns']), height: Number(attributes['Rows']), components: 1 }
      return { pixels, ...size, bitsPerSample: 8, isSigned: false, checksum: crc32(pixels) }
    },
  }
}

const pixelDataHeader = Buffer.from([0xe0, 0x7f, 0x10, 0x00])

async function untilFailure(instance: {
  part10(): AsyncIterable<Uint8Array>
}): Promise<{ read: number; error: unknown }> {
  let read = 0
  try {
    for await (const chunk of instance.part10()) read += chunk.length
  } catch (error) {
    return { read, error }
  }
  throw new Error('it came to its end')
}

/** Returns whether AHI's checksums apply to a file. */
function comparable({ name, frames }: MadeFile): boolean {
  const others = ['big endian', '8 of 16 bits', 'colour by plane', 'fragments without a table', 'code streams']
  return !others.includes(name) && !/^\d+ bits a frame/.test(name) && frames.length > 0
}

async function checksOf(made: MadeFile, chunks: readonly number[]): Promise<{ verified: number; unverified: number }> {
  const instance = wholeInstance(made, { instanceSource: fileSource(made.file, { chunks }) })
  await bytesOf(instance.part10())
  expect(instance.frameChecks.verified + instance.frameChecks.unverified).toBe(made.frames.length)
  return instance.frameChecks
}

function broken(made: MadeFile, change: (file: Buffer) => Buffer | void): Promise<{ error: unknown }> {
  const file = Buffer.from(made.file)
  return untilFailure(wholeInstance(made, { instanceSource: fileSource(change(file) ?? file, { chunks: [50] }) }))
}
function replaced(from: string, to: string): (file: Buffer) => Buffer {
  return (file) => Buffer.from(file.toString('latin1').replace(from, to), 'latin1')
}

function last(file: Buffer, from: string, to: string): Buffer {
  const text = file.toString('latin1')
  const at = text.lastIndexOf(from)
  return Buffer.from(text.slice(0, at) + to + text.slice(at + from.length), 'latin1')
}
