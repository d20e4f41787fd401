import type { FrameReader, ReadFrame, WantedFrame } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { jpeg, jpeg2000 } from './code-streams.ts'
import { bytesOf, imageInstance, imageMetadata, knownFrames, onlyInstance, type KnownFrame } from './instances.ts'

interface CountedReader extends FrameReader {
  readonly requests: string[]
  readonly wanted: WantedFrame[]
  released: number
}

/** Returns a reader that counts requests, and whose frame `bad` stays damaged. */
function countedReader(frames: readonly KnownFrame[], bad?: { readonly frame: number; readonly as: Damage }) {
  const reader: CountedReader = {
    requests: [],
    wanted: [],
    released: 0,
    async read({ imageFrameId }, wanted) {
      const index = Number(imageFrameId.slice(5))
      const frame = frames[index]
      if (frame === undefined) throw new Error('no such frame')
      reader.requests.push(imageFrameId)
      reader.wanted.push(wanted)
      const release = (): void => void (reader.released += 1)
      const intact = { byteLength: frame.codeStream.length, stored: frame.codeStream.slice(), decoded: frame.decoded }
      const read = index === bad?.frame ? damages[bad.as](intact) : intact
      return { ...(wanted.pixels ? read : { ...read, decoded: undefined, failure: undefined }), release }
    },
    decodes: (uid) => uid.endsWith('.4.202') || uid.endsWith('.4.203') || uid.endsWith('.4.80'),
  }
  return reader
}

type Damage = 'undecodable' | 'other pixels' | 'other bytes' | 'another size'

const damages: Readonly<Record<Damage, (read: ReadFrame) => ReadFrame>> = {
  undecodable: (read) => ({ ...read, decoded: undefined, failure: new Error('damaged') }),
  'other pixels': (read) => ({ ...read, decoded: read.decoded && { ...read.decoded, checksum: 1 } }),
  'other bytes': (read) => ({
    ...read,
    stored: read.stored?.map((byte) => byte ^ 1),
    decoded: read.decoded && { ...read.decoded, checksum: 1 },
  }),
  'another size': (read) => ({ ...read, decoded: read.decoded && { ...read.decoded, width: 7, checksum: 1 } }),
}

describe('a frame that stays damaged costs two requests', () => {
  const kinds: readonly Damage[] = ['undecodable', 'other pixels', 'other bytes', 'another size']
  const cases = kinds.flatMap((as) => [0, 1, 2].map((frame) => [as, frame] as const))

  test.each(cases)('%s, frame %d, explicit', async (as, frame) => {
    const frameReader = countedReader(knownFrames(3), { frame, as })
    const instance = imageInstance(knownFrames(3), { frameReader })
    await expect(bytesOf(instance.part10({ frameConcurrency: 1 }))).rejects.toMatchObject({
      imageFrameId: `frame${frame}`,
      retryable: false,
    })
    expect(frameReader.requests.filter((id) => id === `frame${frame}`)).toHaveLength(2)
    expect(frameReader.requests).toHaveLength(frame + 2)
  })

  test.each(cases)('%s, frame %d, stored', async (as, frame) => {
    const frameReader = countedReader(knownFrames(3), { frame, as })
    const instance = imageInstance(knownFrames(3), { frameReader, transferSyntax: 'stored' })
    await expect(bytesOf(instance.part10({ frameConcurrency: 1 }))).rejects.toMatchObject({
      imageFrameId: `frame${frame}`,
    })
    expect(frameReader.requests.filter((id) => id === `frame${frame}`)).toHaveLength(2)
  })

  test.each(cases)('%s, frame %d, as a picture', async (as, frame) => {
    const frameReader = countedReader(knownFrames(3), { frame, as })
    const instance = imageInstance(knownFrames(3), { frameReader })
    await expect(instance.frame(frame)).rejects.toThrow('frame')
    expect(frameReader.requests).toEqual([`frame${frame}`, `frame${frame}`])
  })

  test('and is written if the second answer is intact', async () => {
    const frames = knownFrames(2)
    const reader = countedReader(frames, { frame: 1, as: 'other pixels' })
    let isBad = true
    const frameReader: FrameReader = {
      ...reader,
      read(frame, wanted) {
        if (frame.imageFrameId !== 'frame1' || !isBad) return countedReader(frames).read(frame, wanted)
        isBad = false
        return reader.read(frame, wanted)
      },
    }
    const instance = imageInstance(frames, { frameReader })
    await bytesOf(instance.part10())
    expect(instance.frameChecks).toEqual({ verified: 2, unverified: 0 })
  })

  test('and is retryable if the answers differ', async () => {
    const frames = knownFrames(2)
    const readers = [
      countedReader(frames, { frame: 1, as: 'other pixels' }),
      countedReader(frames, { frame: 1, as: 'undecodable' }),
    ]
    const frameReader: FrameReader = {
      ...countedReader(frames),
      read: (frame, wanted) =>
        (readers[frame.isRepeated === true ? 1 : 0] ?? countedReader(frames)).read(frame, wanted),
    }
    const instance = imageInstance(frames, { frameReader })
    await expect(bytesOf(instance.part10())).rejects.toMatchObject({ imageFrameId: 'frame1', retryable: true })
  })

  test('but a verified frame of another size costs one', async () => {
    const frames = [...knownFrames(1), ...knownFrames(2, { width: 5 }).slice(1)]
    const frameReader = countedReader(frames)
    const instance = imageInstance(frames, { frameReader })
    await expect(bytesOf(instance.part10())).rejects.toMatchObject({ code: 'FRAME_MISMATCH' })
    expect(frameReader.requests).toEqual(['frame0', 'frame1'])
  })
})

describe('requests of frames', () => {
  test('do not decode stored frames without verification', async () => {
    const frameReader = countedReader(knownFrames(3))
    const options = { frameReader, transferSyntax: 'stored', verifyFrames: false } as const
    await bytesOf(imageInstance(knownFrames(3), options).part10())
    expect(frameReader.wanted).toEqual([1, 2, 3].map(() => ({ stored: true, pixels: false })))
  })

  test('return the stored bytes of the first frame, which show how all are stored', async () => {
    const frameReader = countedReader(knownFrames(3))
    await bytesOf(imageInstance(knownFrames(3), { frameReader }).part10())
    expect(frameReader.wanted.map(({ stored }) => stored)).toEqual([true, false, false])
    expect(frameReader.wanted.every(({ pixels }) => pixels)).toBe(true)
  })

  test('release every frame after it was written', async () => {
    for (const transferSyntax of ['explicit', 'stored'] as const) {
      const frameReader = countedReader(knownFrames(4))
      await bytesOf(imageInstance(knownFrames(4), { frameReader, transferSyntax }).part10())
      expect(frameReader.released).toBe(4)
    }
  })

  test('want pixels of JPEG-LS from a reader that decodes it', async () => {
    const [frame] = knownFrames(1, { bitsPerSample: 8 })
    if (frame === undefined) throw new Error('no frame')
    const codeStream = jpeg({ identifiers: [1], frameMarker: 0xf7 })
    const frameReader = countedReader([{ ...frame, codeStream }])
    const document = {
      StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.80',
      ImageFrames: [{ ID: 'frame0' }],
    }
    const instance = onlyInstance(imageMetadata([frame], {}, document), { frameReader })
    await bytesOf(instance.part10())
    expect([instance.storedTransferSyntaxUid, instance.transferSyntaxUid]).toEqual([
      '1.2.840.10008.1.2.4.80',
      '1.2.840.10008.1.2.1',
    ])
    expect(await instance.frame(0)).toEqual(frame.decoded.pixels)
    expect(instance.notices).toEqual([])
  })

  test('want pixels of a syntax that only the bytes show', async () => {
    const [frame] = knownFrames(1)
    if (frame === undefined) throw new Error('no frame')
    const frameReader = countedReader([{ ...frame, codeStream: jpeg2000({ isHighThroughput: true }) }])
    const document = { StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.9999' }
    const instance = onlyInstance(imageMetadata([frame], {}, document), { frameReader })
    await bytesOf(instance.part10())
    expect(instance.transferSyntaxUid).toBe('1.2.840.10008.1.2.1')
    expect(frameReader.requests).toHaveLength(2)
  })

  test('a result without the stored bytes is a TypeError', async () => {
    const nothing: FrameReader = {
      read: async () => ({ byteLength: 3 }),
      decodes: () => true,
    }
    const instance = imageInstance(knownFrames(1), { frameReader: nothing })
    await expect(bytesOf(instance.part10())).rejects.toThrow('Expected the frame reader to return `stored`')
  })
})

describe('the description of an instance', () => {
  const entry = { ImageFrames: [0, 1, 2, 3, 4].map((frame) => ({ ID: `frame${frame}`, FrameSizeInBytes: 10 })) }

  test('states the bytes in memory, and nothing is fetched', () => {
    const frameReader = countedReader(knownFrames(5))
    const metadata = imageMetadata(knownFrames(5), {}, entry)
    const explicit = onlyInstance(metadata, { frameReader })
    expect(explicit.describe({ frameConcurrency: 2 })).toEqual({
      source: 'frames',
      frameCount: 5,
      frameByteLength: 24,
      storedFrameByteLength: 10,
      heldByteLength: 2 * (10 + 24),
      isStreamed: false,
    })
    const stored = onlyInstance(metadata, { frameReader, transferSyntax: 'stored' })
    expect(stored.describe({ frameConcurrency: 2 }).heldByteLength).toBe(2 * (10 + 24) + 3 * 10)
    const header = onlyInstance(metadata, { frameReader, headerOnly: true })
    expect(header.describe()).toMatchObject({ source: 'none', frameCount: 5, heldByteLength: 0 })
    expect(frameReader.requests).toEqual([])
  })
})

test.each([
  ['by its attributes', { Rows: 2000, Columns: 3000, BitsAllocated: 16 }, 2 * 2000 * 3000 * 2],
  [
    'by those of all frames, if one frame holds them',
    { Rows: 2000, Columns: 3000, BitsAllocated: 16, NumberOfFrames: 5 },
    10 * 2000 * 3000 * 2,
  ],
  ['by nothing, if the attributes are no numbers', { Rows: 'x', Columns: null }, 0],
])('maxByteLength of a request allows the frame %s', async (_, attributes, least) => {
  const told: (number | undefined)[] = []
  const reader: FrameReader = {
    read: (frame) => {
      told.push(frame.maxByteLength)
      return Promise.reject(new Error('not read'))
    },
    decodes: () => true,
  }
  const instance = imageInstance(knownFrames(1), { attributes, frameReader: reader, frameSource: undefined })
  await expect(instance.frame(0)).rejects.toThrow('not read')
  const [most = 0] = told
  expect(most).toBeGreaterThanOrEqual(8 * 2 ** 20 + least)
  expect(most).toBeLessThan(9 * 2 ** 20 + least)
})

test('a borrowed frame is released once it is given back', async () => {
  const frameReader = countedReader(knownFrames(2))
  const instance = imageInstance(knownFrames(2), { frameReader })
  const borrowed = await instance.borrowFrame(1)
  expect(borrowed.pixels).toEqual(await instance.frame(1))
  expect(frameReader.released).toBe(0)
  borrowed.release()
  expect(frameReader.released).toBe(1)
})
