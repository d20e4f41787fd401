import { crc32 } from 'node:zlib'

import { FrameChecksumError, UnsupportedTransferSyntaxError, type DicomInstance } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { boxed, jpeg, jpeg2000, jpegXl } from './code-streams.ts'
import { bytesOf, imageInstance, knownFrame, type TestOptions } from './instances.ts'

const dicom = '1.2.840.10008.1.2'
const native = `${dicom}.1`

interface Case {
  /** Ending of the UID that the document states. */
  readonly stated?: string | undefined
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contentType?: string
  readonly options?: TestOptions
  readonly checksum?: 'decoded' | 'encoded' | 'none' | 'wrong'
  readonly instance?: object
}

/** Returns an instance of one frame of 4 x 3 samples of 16 bits. The decoder returns these samples for any bytes. */
function instanceOf({ stated, bytes, contentType, options, checksum = 'encoded', instance }: Case): DicomInstance {
  const { decoded } = knownFrame(0, { bitsPerSample: 8 })
  const checksums = { decoded: crc32(decoded.pixels), encoded: crc32(bytes), none: undefined, wrong: 1 }
  const Checksum = checksums[checksum]
  return imageInstance([{ codeStream: bytes, decoded }], {
    frameSource: { getImageFrame: async () => ({ data: bytes.slice(), contentType }) },
    frameDecoder: { decode: async () => decoded },
    attributes: { LossyImageCompression: '01' },
    instance: {
      StoredTransferSyntaxUID: stated === undefined ? undefined : `${dicom}${stated}`,
      ImageFrames: [
        {
          ID: 'frame0',
          ...(Checksum === undefined
            ? {}
            : { PixelDataChecksumFromBaseToFullResolution: [{ Width: 4, Height: 3, Checksum }] }),
        },
      ],
      ...instance,
    },
    ...options,
  })
}

async function written(of: Case): Promise<DicomInstance> {
  const instance = instanceOf(of)
  await bytesOf(instance.part10())
  return instance
}

function codes(instance: DicomInstance): readonly string[] {
  return instance.notices.map(({ code }) => code)
}

const grey = { bitsPerSample: 8 }
const htj2k = { ...grey, isHighThroughput: true }
const greyJpeg = { identifiers: [1] }
const stored = { transferSyntax: 'stored' } as const

describe('frames in the stated syntax', () => {
  test.each([
    ['.4.201', jpeg2000({ ...htj2k, progression: 0 }), 'decoded'],
    ['.4.202', jpeg2000(htj2k), 'decoded'],
    ['.4.203', jpeg2000({ ...htj2k, isReversible: false }), 'encoded'],
    ['.4.203', jpeg2000(htj2k), 'encoded'],
    ['.4.90', jpeg2000(grey), 'decoded'],
    ['.4.91', jpeg2000({ ...grey, isReversible: false }), 'encoded'],
    ['.4.91', jpeg2000(grey), 'encoded'],
    ['.4.50', jpeg(greyJpeg), 'encoded'],
    ['.4.51', jpeg({ ...greyJpeg, frameMarker: 0xc1 }), 'encoded'],
    ['.4.55', jpeg({ ...greyJpeg, frameMarker: 0xc2 }), 'encoded'],
    ['.4.57', jpeg({ ...greyJpeg, frameMarker: 0xc3, scanParameter: 4 }), 'encoded'],
    ['.4.70', jpeg({ ...greyJpeg, frameMarker: 0xc3, scanParameter: 1 }), 'encoded'],
  ] as const)('%s is decoded, and encapsulated as stored', async (stated, bytes, checksum) => {
    const explicit = await written({ stated, bytes, checksum })
    const asStored = await written({ stated, bytes, checksum, options: stored })
    expect([explicit.transferSyntaxUid, asStored.transferSyntaxUid]).toEqual([native, `${dicom}${stated}`])
    for (const instance of [explicit, asStored]) {
      expect(instance.frameChecks).toEqual({ verified: 1, unverified: 0 })
      expect(instance.notices).toEqual([])
    }
  })

  test.each([
    ['.4.110', jpegXl],
    ['.4.112', jpegXl],
    ['.4.80', jpeg({ ...greyJpeg, frameMarker: 0xf7 })],
    ['.4.52', jpeg({ ...greyJpeg, frameMarker: 0xc9 })],
    ['.4.58', jpeg({ ...greyJpeg, frameMarker: 0xcb })],
    ['.5', new Uint8Array(70)],
    ['.4.92', jpeg2000(grey)],
  ])('%s is encapsulated in both ways, with a notice if explicit', async (stated, bytes) => {
    const explicit = await written({ stated, bytes })
    const asStored = await written({ stated, bytes, options: stored })
    for (const { transferSyntaxUid } of [explicit, asStored]) expect(transferSyntaxUid).toBe(`${dicom}${stated}`)
    expect([codes(explicit), codes(asStored)]).toEqual([['PIXELS_NOT_DECODED'], []])
    await expect(explicit.frame(0)).rejects.toThrow(UnsupportedTransferSyntaxError)
  })

  test('unrecognised bytes do not contradict the document', async () => {
    const bytes = new Uint8Array(30).fill(7)
    expect((await written({ stated: '.4.202', bytes, checksum: 'decoded' })).notices).toEqual([])
  })
})

describe('frames in another syntax than stated', () => {
  test.each([
    ['.4.202', '.4.90', jpeg2000(grey)],
    ['.4.202', '.4.91', jpeg2000({ ...grey, isReversible: false })],
    ['.4.202', '.4.201', jpeg2000({ ...htj2k, progression: 0 })],
    ['.4.202', '.4.203', jpeg2000({ ...htj2k, isReversible: false })],
    ['.4.202', '.4.50', jpeg(greyJpeg)],
    ['.4.50', '.4.202', jpeg2000(htj2k)],
    ['.4.90', '.4.91', jpeg2000({ ...grey, isReversible: false })],
    ['.1', '.4.50', jpeg(greyJpeg)],
    ['.4.9999', '.4.90', jpeg2000(grey)],
    ['.4.9999', '.4.50', jpeg(greyJpeg)],
  ])('stated as %s and coded as %s, are written as the latter, with either checksum', async (stated, actual, bytes) => {
    for (const checksum of ['decoded', 'encoded'] as const) {
      const asStored = await written({ stated, bytes, checksum, options: stored })
      expect(asStored.transferSyntaxUid).toBe(`${dicom}${actual}`)
      expect(asStored.storedTransferSyntaxUid).toBe(`${dicom}${actual}`)
      expect(codes(asStored)).toEqual(['TRANSFER_SYNTAX_CORRECTED'])
      const explicit = await written({ stated, bytes, checksum })
      expect(explicit.transferSyntaxUid).toBe(native)
      for (const { frameChecks } of [asStored, explicit]) expect(frameChecks).toEqual({ verified: 1, unverified: 0 })
    }
  })

  test.each([
    ['.4.112', jpegXl],
    ['.4.52', jpeg({ ...greyJpeg, frameMarker: 0xc9 })],
    ['.4.56', jpeg({ ...greyJpeg, frameMarker: 0xca })],
    ['.4.58', jpeg({ ...greyJpeg, frameMarker: 0xcb })],
    ['.4.80', jpeg({ ...greyJpeg, frameMarker: 0xf7 })],
    ['.4.81', jpeg({ ...greyJpeg, frameMarker: 0xf7, scanParameter: 2 })],
  ])('coded as %s, are encapsulated although the stated syntax decodes', async (actual, bytes) => {
    const instance = await written({ stated: '.4.202', bytes })
    expect(instance.transferSyntaxUid).toBe(`${dicom}${actual}`)
    expect(codes(instance)).toEqual(['TRANSFER_SYNTAX_CORRECTED', 'PIXELS_NOT_DECODED'])
  })

  // The UID of each process by PS3.6 table A-1 and PS3.5 10.2 and 10.3.
  test.each([
    [0xc1, '.4.51'],
    [0xc2, '.4.55'],
    [0xc9, '.4.52'],
    [0xca, '.4.56'],
    [0xcb, '.4.58'],
    [0xc5, '.4.59'],
    [0xcd, '.4.60'],
    [0xc6, '.4.63'],
    [0xce, '.4.64'],
    [0xc7, '.4.65'],
    [0xcf, '.4.66'],
  ])('of JPEG with SOF %i are %s, for any stated syntax', async (frameMarker, actual) => {
    const bytes = jpeg({ ...greyJpeg, frameMarker })
    const frameDecoder = { decode: () => Promise.reject(new Error('not decoded')) }
    for (const stated of ['.4.50', '.4.57', '.4.70', '.4.53', '.4.61', actual]) {
      const isRight = stated === actual || (stated === '.4.53' && frameMarker === 0xc2)
      const isSpectral = stated === '.4.61' && frameMarker === 0xc6
      const instance = await written({ stated, bytes, options: { frameDecoder } })
      expect(instance.transferSyntaxUid).toBe(`${dicom}${isRight || isSpectral ? stated : actual}`)
      expect(codes(instance).includes('TRANSFER_SYNTAX_CORRECTED')).toBe(!isRight && !isSpectral)
    }
  })

  test('with another predictor than the first are not .70', async () => {
    const bytes = jpeg({ ...greyJpeg, frameMarker: 0xc3, scanParameter: 4 })
    const instance = await written({ stated: '.4.70', bytes, options: stored })
    expect(instance.transferSyntaxUid).toBe(`${dicom}.4.57`)
  })

  test('are accepted without a checksum, but not if the checksum differs', async () => {
    const bytes = jpeg2000(grey)
    const unverified = await written({ stated: '.4.202', bytes, checksum: 'none' })
    expect(unverified.frameChecks).toEqual({ verified: 0, unverified: 1 })
    for (const options of [{}, stored]) {
      const wrong = written({ stated: '.4.202', bytes, checksum: 'wrong', options })
      await expect(wrong).rejects.toThrow(FrameChecksumError)
    }
  })

  test('are not accepted if they cannot be decoded and the checksum is not theirs', async () => {
    for (const options of [{}, stored]) {
      const damaged = written({ stated: '.4.202', bytes: jpegXl, checksum: 'decoded', options })
      await expect(damaged).rejects.toThrow(FrameChecksumError)
    }
  })

  test.each([jpegXl, jpeg2000(grey), jpeg(greyJpeg)])(
    'bytes that were damaged on their way are asked for again',
    async (damaged) => {
      const bytes = jpeg2000(htj2k)
      for (const options of [{}, stored]) {
        let requests = 0
        const frameSource = { getImageFrame: async () => ({ data: (requests++ === 0 ? damaged : bytes).slice() }) }
        const { decoded } = knownFrame(0, { bitsPerSample: 8 })
        const frameDecoder = {
          decode: async (codeStream: Uint8Array) =>
            Buffer.compare(codeStream, bytes) === 0 ? decoded : Promise.reject(new Error('it is damaged')),
        }
        const of = {
          stated: '.4.202',
          bytes,
          checksum: 'decoded',
          options: { ...options, frameSource, frameDecoder },
        } as const
        expect(await written(of)).toMatchObject({ notices: [], frameChecks: { verified: 1, unverified: 0 } })
        requests = 0
        expect(await instanceOf(of).frame(0)).toHaveLength(12)
      }
    },
  )

  test('a checksum of type DECOMPRESSED is compared only with pixels', async () => {
    const instance = { ChecksumType: 'DECOMPRESSED' }
    await expect(written({ stated: '.4.202', bytes: jpeg2000(grey), instance })).rejects.toThrow(FrameChecksumError)
  })
})

describe('if the document does not name a syntax', () => {
  test.each([
    [undefined, '.4.202', jpeg2000(htj2k)],
    ['image/jph', '.4.202', jpeg2000(htj2k)],
    ['image/jphc', '.4.203', jpeg2000(htj2k)],
    [undefined, '.4.90', jpeg2000(grey)],
    ['image/j2c', '.4.91', jpeg2000(grey)],
    ['image/jpeg', '.4.50', jpeg(greyJpeg)],
    ['image/jph', '.4.50', jpeg(greyJpeg)],
    ['image/jxl', '.4.112', jpegXl],
  ])('%s and the bytes decide that it is %s', async (contentType, actual, bytes) => {
    const instance = await written({
      bytes,
      ...(contentType === undefined ? {} : { contentType }),
      checksum: actual === '.4.202' ? 'decoded' : 'encoded',
      options: stored,
    })
    expect(instance.transferSyntaxUid).toBe(`${dicom}${actual}`)
    expect(codes(instance)).toEqual(actual === '.4.202' ? [] : ['TRANSFER_SYNTAX_CORRECTED'])
  })

  test('the format of the data store may be JPEG 2000', async () => {
    const options = { ...stored, losslessStorageFormat: 'JPEG_2000_LOSSLESS' } as const
    const instance = await written({ bytes: jpeg2000(grey), checksum: 'decoded', options })
    expect([instance.transferSyntaxUid, instance.notices]).toEqual([`${dicom}.4.90`, []])
  })

  test('binary data with the length of the pixels is uncompressed', async () => {
    const bytes = Uint8Array.from({ length: 12 }, (_, index) => index)
    const instance = await written({ bytes, contentType: 'application/octet-stream', options: stored })
    expect([instance.transferSyntaxUid, instance.storedTransferSyntaxUid]).toEqual([native, native])
    expect(await instance.frame(0)).toEqual(bytes)
  })
})

describe('code streams in boxes', () => {
  test('are encapsulated without the boxes, and verified with them (PS3.5 A.4.4)', async () => {
    const codeStream = jpeg2000({ ...grey, isReversible: false })
    const instance = instanceOf({ stated: '.4.91', bytes: boxed(codeStream), options: stored })
    const file = await bytesOf(instance.part10())
    expect(instance.frameChecks).toEqual({ verified: 1, unverified: 0 })
    expect(file.includes(Buffer.from(codeStream))).toBe(true)
    expect(file.includes(Buffer.from('jp2c'))).toBe(false)
  })
})

describe('frames that match their checksum and do not decode', () => {
  const frameDecoder = { decode: async () => Promise.reject(new Error('an arithmetic coder')) }
  const bytes = jpeg(greyJpeg)

  test('are encapsulated as they are stored, and frame() fails', async () => {
    const instance = await written({ stated: '.4.50', bytes, options: { frameDecoder } })
    expect(instance.transferSyntaxUid).toBe(`${dicom}.4.50`)
    expect(codes(instance)).toEqual(['PIXELS_NOT_DECODED'])
    expect(instance.frameChecks).toEqual({ verified: 1, unverified: 0 })
    await expect(instance.frame(0)).rejects.toThrow(UnsupportedTransferSyntaxError)
  })

  test('are an error without a checksum', async () => {
    const damaged = written({ stated: '.4.50', bytes, checksum: 'none', options: { frameDecoder } })
    await expect(damaged).rejects.toMatchObject({ code: 'FRAME_UNDECODABLE' })
  })
})
