import { crc32 } from 'node:zlib'

import { FrameMismatchError, type DecodedFrame, type DicomInstance } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { jpeg, jpeg2000, type Jpeg2000Options, type JpegOptions } from './code-streams.ts'
import {
  bytesOf,
  framesOf,
  imageInstance,
  knownFrame,
  knownFrames,
  type KnownFrame,
  type TestOptions,
} from './instances.ts'

type Attributes = Readonly<Record<string, string | number>>

interface Case extends TestOptions {
  readonly frames: readonly KnownFrame[]
  /** Attributes of the document that contradict the frames. */
  readonly attributes: Attributes
  readonly values?: readonly [least: number, greatest: number] | undefined
  readonly hasChecksums?: boolean
}

function instanceOf({ frames, attributes, values, hasChecksums = true, ...options }: Case): DicomInstance {
  const ImageFrames = frames.map(({ decoded }, index) => ({
    ID: `frame${index}`,
    ...(values === undefined ? {} : { MinPixelValue: values[0], MaxPixelValue: values[1] }),
    PixelDataChecksumFromBaseToFullResolution: hasChecksums
      ? [{ Width: decoded.width, Height: decoded.height, Checksum: decoded.checksum }]
      : [],
  }))
  return imageInstance(frames, { ...framesOf(frames), attributes, instance: { ImageFrames }, ...options })
}

/** Returns the corrected attributes, as the keywords of their notices, and the instance. */
async function corrected(
  of: Case,
): Promise<{ readonly keywords: readonly string[]; readonly instance: DicomInstance }> {
  const instance = instanceOf(of)
  await bytesOf(instance.part10())
  for (const { code } of instance.notices) expect(code).toBe('PIXEL_DESCRIPTION_CORRECTED')
  return { keywords: instance.notices.map(({ message }) => message.split(' ')[0] ?? ''), instance }
}

function numbersOf({ attributes }: DicomInstance, keywords: readonly string[]): readonly (number | undefined)[] {
  return keywords.map((keyword) => attributes.number(keyword))
}

const depths = ['BitsAllocated', 'BitsStored', 'HighBit']

describe('verified frames correct the attributes', () => {
  test('about rows and columns', async () => {
    const { keywords, instance } = await corrected({ frames: knownFrames(2), attributes: { Rows: 9, Columns: 8 } })
    expect(keywords).toEqual(['Rows', 'Columns'])
    expect(numbersOf(instance, ['Rows', 'Columns'])).toEqual([3, 4])
    expect(instance.notices[0]).toEqual({
      code: 'PIXEL_DESCRIPTION_CORRECTED',
      tag: '00280010',
      message: 'Rows is 9, but the frames have 3; the file follows the frames',
      isLoss: false,
    })
  })

  test('about missing attributes', async () => {
    const { keywords, instance } = await corrected({
      frames: knownFrames(1),
      attributes: { Rows: '', Columns: '' },
    })
    expect(keywords).toEqual(['Rows', 'Columns'])
    expect(numbersOf(instance, ['Rows', 'Columns'])).toEqual([3, 4])
  })

  test('about three components if one is stated', async () => {
    const frames = knownFrames(1, { components: 3, bitsPerSample: 8 })
    const attributes = { SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2' }
    const { keywords, instance } = await corrected({ frames, attributes })
    expect(keywords).toEqual(['SamplesPerPixel', 'PhotometricInterpretation'])
    expect(numbersOf(instance, ['SamplesPerPixel', 'PlanarConfiguration'])).toEqual([3, 0])
    expect(instance.attributes.string('PhotometricInterpretation')).toBe('RGB')
    expect(await instance.frame(0)).toHaveLength(4 * 3 * 3)
  })

  test('about one component if three are stated', async () => {
    const attributes = { SamplesPerPixel: 3, PhotometricInterpretation: 'YBR_FULL_422', PlanarConfiguration: 1 }
    const { keywords, instance } = await corrected({ frames: knownFrames(1), attributes })
    expect(keywords).toEqual(['SamplesPerPixel', 'PhotometricInterpretation'])
    expect(instance.attributes.string('PhotometricInterpretation')).toBe('MONOCHROME2')
    expect(instance.attributes.has('PlanarConfiguration')).toBe(false)
  })

  test('about more bits than are allocated', async () => {
    const attributes = { BitsAllocated: 8, BitsStored: 8, HighBit: 7 }
    const frames = knownFrames(1, { bitsPerSample: 12 })
    const { keywords, instance } = await corrected({ frames, attributes })
    expect(keywords).toEqual(depths)
    expect(numbersOf(instance, depths)).toEqual([16, 12, 11])
    expect(await instance.frame(0)).toBeInstanceOf(Uint16Array)
  })

  test('about BitsAllocated that is not a multiple of 8', async () => {
    const attributes = { BitsAllocated: 12 }
    const { instance } = await corrected({ frames: knownFrames(1, { bitsPerSample: 12 }), attributes })
    expect(numbersOf(instance, depths)).toEqual([16, 12, 11])
  })

  const jpegLossless = '1.2.840.10008.1.2.4.70'
  const rle = '1.2.840.10008.1.2.5'

  test.each([
    ['values need them', [0, 40_000], {}, [16, 16, 15]],
    ['values need them for their sign', [-2049, 2000], { PixelRepresentation: 1 }, [16, 16, 15]],
    ['no value does', [0, 4095], {}, [16, 12, 11]],
    ['the document has no values', undefined, {}, [16, 16, 15]],
    ['overlays are in them', [0, 40_000], { '60000102': 15 }, [16, 12, 11]],
    ['the imported file had words', [0, 40_000], { TransferSyntaxUID: rle }, [16, 12, 11]],
    ['HighBit is above them', [0, 40_000], { HighBit: 15 }, [16, 12, 15]],
  ] as const)('about more bits than are stored where %s', async (_title, values, extra, expected) => {
    const frames = knownFrames(1, { isSigned: 'PixelRepresentation' in extra })
    const attributes = { TransferSyntaxUID: jpegLossless, BitsStored: 12, HighBit: 11, ...extra }
    const { instance } = await corrected({ frames, attributes, values })
    expect(numbersOf(instance, depths)).toEqual(expected)
  })

  test('about samples of eight bits if one is allocated', async () => {
    const attributes = { BitsAllocated: 1, BitsStored: 8, HighBit: 7 }
    const { keywords, instance } = await corrected({ frames: knownFrames(1, { bitsPerSample: 8 }), attributes })
    expect(keywords).toEqual(['BitsAllocated'])
    expect(numbersOf(instance, depths)).toEqual([8, 8, 7])
  })

  test('but not about 1-bit pixels if the other bits are unused', async () => {
    const pixels = Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 0, 1)
    const decoded = { pixels, width: 9, height: 1, components: 1, bitsPerSample: 8, isSigned: false }
    const frames = [{ codeStream: new Uint8Array(4), decoded: { ...decoded, checksum: crc32(pixels) } }]
    const attributes = { BitsAllocated: 1, BitsStored: 1, HighBit: 0 }
    const { keywords, instance } = await corrected({ frames, attributes, values: [0, 1] })
    expect(keywords).toEqual([])
    expect([...(await bytesOf(instance.part10())).subarray(-2)]).toEqual([0b00011001, 1])
  })
})

/** Returns a frame of 13 bits a sample, unsigned unless coded otherwise. */
function frameOf(samples: Uint8Array | Uint16Array | Int16Array, coded: Partial<DecodedFrame>): KnownFrame {
  const pixels = Uint8Array.from(Buffer.from(samples.buffer))
  const decoded = { pixels, width: samples.length, height: 1, components: 1, bitsPerSample: 13, isSigned: false }
  return { codeStream: new Uint8Array(4), decoded: { ...decoded, checksum: crc32(pixels), ...coded } }
}

describe('PixelRepresentation is kept', () => {
  test('and unsigned samples are read as signed ones of their precision', async () => {
    const frames = [frameOf(Uint16Array.of(0, 1, 0x0fff, 0x1000, 0x1fff), {})]
    const { keywords, instance } = await corrected({
      frames,
      attributes: { PixelRepresentation: 1, BitsAllocated: 16 },
    })
    expect(keywords).toEqual(['the'])
    expect(instance.notices[0]?.tag).toBe('00280103')
    expect(await instance.frame(0)).toEqual(Int16Array.of(0, 1, 4095, -4096, -1))
  })

  test('and signed samples as unsigned ones', async () => {
    const frames = [frameOf(Int16Array.of(0, 1, 4095, -4096, -1), { isSigned: true })]
    const { instance } = await corrected({ frames, attributes: { PixelRepresentation: 0, BitsAllocated: 16 } })
    expect(await instance.frame(0)).toEqual(Uint16Array.of(0, 1, 0x0fff, 0x1000, 0x1fff))
  })

  test('also if they are widened', async () => {
    const frames = [frameOf(Uint8Array.of(0, 127, 128, 255), { bitsPerSample: 8 })]
    const { instance } = await corrected({ frames, attributes: { PixelRepresentation: 1, BitsAllocated: 32 } })
    expect(await instance.frame(0)).toEqual(Int32Array.of(0, 127, -128, -1))
  })
})

describe('without a checksum', () => {
  test.each<[string, Attributes]>([
    ['Rows', { Rows: 9 }],
    ['Columns', { Columns: 8 }],
    ['SamplesPerPixel', { SamplesPerPixel: 3 }],
    ['PixelRepresentation', { PixelRepresentation: 1 }],
    ['BitsAllocated', { BitsAllocated: 8, BitsStored: 8 }],
  ])('%s that contradicts the frames is an error', async (_keyword, attributes) => {
    const instance = instanceOf({ frames: knownFrames(1), attributes, hasChecksums: false })
    await expect(bytesOf(instance.part10())).rejects.toThrow(FrameMismatchError)
    await expect(instance.frame(0)).rejects.toThrow(FrameMismatchError)
    expect(instance.attributes.number('Rows')).toBe(attributes['Rows'] ?? 3)
  })
})

test('frames of one instance agree with the first, verified or not', async () => {
  const frames = [knownFrame(0), knownFrame(1, { width: 5 })]
  await expect(bytesOf(instanceOf({ frames, attributes: {} }).part10())).rejects.toThrow(FrameMismatchError)
  const instance = instanceOf({ frames, attributes: {} })
  await instance.frame(0)
  await expect(instance.frame(1)).rejects.toThrow(FrameMismatchError)
})

test('reading one frame corrects the attributes for all', async () => {
  const instance = instanceOf({ frames: knownFrames(3), attributes: { Rows: 9 } })
  expect(instance.attributes.number('Rows')).toBe(9)
  await instance.frame(2)
  expect(instance.attributes.number('Rows')).toBe(3)
})

test('two components are an error, because DICOM cannot describe them', async () => {
  const instance = instanceOf({ frames: knownFrames(1, { components: 2 }), attributes: { SamplesPerPixel: 1 } })
  await expect(bytesOf(instance.part10())).rejects.toThrow(FrameMismatchError)
})

/** Returns an instance of one encapsulated frame whose code stream is only a header. */
function headerInstance(codeStream: Uint8Array<ArrayBuffer>, uid: string, attributes: Attributes): DicomInstance {
  const checksums = [{ Width: 4, Height: 3, Checksum: crc32(codeStream) }]
  const ImageFrames = [{ ID: 'frame0', PixelDataChecksumFromBaseToFullResolution: checksums }]
  return imageInstance([{ ...knownFrame(0), codeStream }], {
    transferSyntax: 'stored',
    frameDecoder: { decode: () => Promise.reject(new Error('nothing is to be decoded')) },
    attributes: { LossyImageCompression: '01', ...attributes },
    instance: { StoredTransferSyntaxUID: `1.2.840.10008.1.2.4.${uid}`, ImageFrames },
  })
}

describe('headers of stored frames are compared with the attributes', () => {
  test.each<[string, Jpeg2000Options, Attributes, readonly string[]]>([
    ['size', { width: 7, height: 6 }, {}, ['Rows', 'Columns']],
    ['depth', { bitsPerSample: 16 }, { BitsAllocated: 8, BitsStored: 8, HighBit: 7 }, depths],
    ['components', { components: 3 }, {}, ['SamplesPerPixel', 'PhotometricInterpretation']],
    ['sign', { isSigned: true }, {}, ['the']],
    ['nothing', {}, {}, []],
  ])('%s', async (_title, header, attributes, keywords) => {
    const instance = headerInstance(jpeg2000(header), '91', attributes)
    await bytesOf(instance.part10())
    expect(instance.notices.map(({ message }) => message.split(' ')[0])).toEqual(keywords)
  })

  test('and without verification a contradiction is an error', async () => {
    const codeStream = jpeg2000({ width: 7 })
    const instance = imageInstance([{ ...knownFrame(0), codeStream }], {
      transferSyntax: 'stored',
      verifyFrames: false,
    })
    await expect(bytesOf(instance.part10())).rejects.toThrow(FrameMismatchError)
  })
})

describe('the colours of JPEG', () => {
  const rgbIdentifiers = [0x52, 0x47, 0x42]
  const cases: readonly [string, JpegOptions, string, { readonly decoded: string; readonly stored: string }][] = [
    ['identifiers R, G, B', { identifiers: rgbIdentifiers }, 'YBR_FULL', { decoded: 'RGB', stored: 'RGB' }],
    [
      'identifiers before JFIF',
      { identifiers: rgbIdentifiers, isJfif: true },
      'RGB',
      { decoded: 'RGB', stored: 'RGB' },
    ],
    ['JFIF', { isJfif: true }, 'RGB', { decoded: 'YBR_FULL', stored: 'YBR_FULL' }],
    ['JFIF of 4:2:2', { isJfif: true, sampling: 0x21 }, 'RGB', { decoded: 'YBR_FULL', stored: 'YBR_FULL_422' }],
    ['JFIF', { isJfif: true }, 'YBR_FULL_422', { decoded: 'YBR_FULL', stored: 'YBR_FULL_422' }],
    ['Adobe 0', { adobeTransform: 0 }, 'YBR_FULL_422', { decoded: 'RGB', stored: 'RGB' }],
    ['Adobe 1', { adobeTransform: 1 }, 'RGB', { decoded: 'YBR_FULL', stored: 'YBR_FULL' }],
    ['JFIF before Adobe', { adobeTransform: 0, isJfif: true }, 'RGB', { decoded: 'YBR_FULL', stored: 'YBR_FULL' }],
    ['nothing', {}, 'RGB', { decoded: 'RGB', stored: 'RGB' }],
    ['nothing', {}, 'YBR_FULL_422', { decoded: 'YBR_FULL', stored: 'YBR_FULL_422' }],
    ['nothing', {}, 'YBR_FULL', { decoded: 'YBR_FULL', stored: 'YBR_FULL' }],
    ['nothing', { sampling: 0x22 }, 'YBR_ICT', { decoded: 'YBR_FULL', stored: 'YBR_FULL_422' }],
  ]

  test.each(cases)('by %s (%o), stated as %s', async (_title, header, stated, expected) => {
    const attributes = {
      SamplesPerPixel: 3,
      PhotometricInterpretation: stated,
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
    }
    const instance = headerInstance(jpeg(header), '50', attributes)
    const file = await bytesOf(instance.part10())
    expect(photometricIn(file)).toBe(expected.stored)
    expect(instance.attributes.string('PhotometricInterpretation')).toBe(expected.decoded)
    const isContradicted = (stated === 'RGB') !== (expected.stored === 'RGB') && stated !== 'YBR_ICT'
    expect(instance.notices.map(({ tag }) => tag)).toEqual(isContradicted || stated === 'YBR_ICT' ? ['00280004'] : [])
  })
})

/**
 * The code stream is the imported one for .91 and .203. COD then shows if the samples were transformed: without a
 * transform, YBR_ICT and YBR_RCT are YCbCr to the reader. For .90 and .202, AHI made the code stream and undid the
 * transform.
 */
describe('the colours of JPEG 2000', () => {
  const cases: readonly [string, Jpeg2000Options, string, { readonly decoded: string; readonly stored: string }][] = [
    ['91', {}, 'YBR_ICT', { decoded: 'YBR_FULL', stored: 'YBR_FULL' }],
    ['91', {}, 'YBR_RCT', { decoded: 'YBR_FULL', stored: 'YBR_FULL' }],
    ['91', { isReversible: false }, 'YBR_ICT', { decoded: 'YBR_FULL', stored: 'YBR_FULL' }],
    ['203', { isHighThroughput: true }, 'YBR_ICT', { decoded: 'YBR_FULL', stored: 'YBR_FULL' }],
    ['203', { isHighThroughput: true }, 'YBR_RCT', { decoded: 'YBR_FULL', stored: 'YBR_FULL' }],
    ['91', {}, 'RGB', { decoded: 'RGB', stored: 'RGB' }],
    ['91', {}, 'YBR_FULL', { decoded: 'YBR_FULL', stored: 'YBR_FULL' }],
    ['91', {}, 'YBR_FULL_422', { decoded: 'YBR_FULL', stored: 'YBR_FULL' }],
    ['91', { hasColourTransform: true }, 'RGB', { decoded: 'RGB', stored: 'YBR_RCT' }],
    ['91', { hasColourTransform: true, isReversible: false }, 'RGB', { decoded: 'RGB', stored: 'YBR_ICT' }],
    ['91', { hasColourTransform: true, isReversible: false }, 'YBR_RCT', { decoded: 'RGB', stored: 'YBR_ICT' }],
    ['91', { hasColourTransform: true }, 'YBR_ICT', { decoded: 'RGB', stored: 'YBR_RCT' }],
    ['203', { isHighThroughput: true, hasColourTransform: true }, 'RGB', { decoded: 'RGB', stored: 'YBR_RCT' }],
    ['90', {}, 'YBR_RCT', { decoded: 'RGB', stored: 'RGB' }],
    ['202', { isHighThroughput: true }, 'YBR_ICT', { decoded: 'RGB', stored: 'RGB' }],
    ['202', { isHighThroughput: true, hasColourTransform: true }, 'YBR_ICT', { decoded: 'RGB', stored: 'YBR_RCT' }],
  ]

  test.each(cases)('.%s (%o), stated as %s', async (uid, header, stated, expected) => {
    const attributes = { SamplesPerPixel: 3, PhotometricInterpretation: stated, LossyImageCompression: '01' }
    const codeStream = jpeg2000({ ...header, components: 3 })
    const { decoded } = knownFrame(0, { components: 3 })
    const frame = { codeStream, decoded: { ...decoded, checksum: crc32(codeStream) } }
    const encapsulated = imageInstance([frame], {
      transferSyntax: 'stored',
      frameDecoder: { decode: async () => frame.decoded },
      attributes,
      instance: { StoredTransferSyntaxUID: `1.2.840.10008.1.2.4.${uid}` },
    })
    expect(photometricIn(await bytesOf(encapsulated.part10()))).toBe(expected.stored)
    expect(encapsulated.attributes.string('PhotometricInterpretation')).toBe(expected.decoded)
    const isContradicted = stated.endsWith('CT') && expected.stored === 'YBR_FULL'
    expect(encapsulated.notices.map(({ tag }) => tag)).toEqual(isContradicted ? ['00280004'] : [])
  })
})

/** Returns the value of (0028,0004) in Explicit VR. */
function photometricIn(file: Buffer): string {
  const at = file.indexOf(Buffer.from('280004004353', 'hex'))
  return file.toString('latin1', at + 8, at + 8 + file.readUInt16LE(at + 6)).trim()
}

describe('lossy compression is declared', () => {
  const lossy = ['LossyImageCompression', 'LossyImageCompressionRatio', 'LossyImageCompressionMethod']
  const grey8 = { BitsAllocated: 8, BitsStored: 8, HighBit: 7 }

  test.each<[string, Uint8Array<ArrayBuffer>, Attributes, readonly (string | undefined)[]]>([
    ['91', jpeg2000({ isReversible: false }), {}, ['01', '0.32', 'ISO_15444_1']],
    ['203', jpeg2000({ isReversible: false, isHighThroughput: true }), {}, ['01', '0.32', 'ISO_15444_15']],
    ['50', jpeg({ identifiers: [1] }), grey8, ['01', '0.4', 'ISO_10918_1']],
    ['81', jpeg({ identifiers: [1], frameMarker: 0xf7, scanParameter: 2 }), grey8, ['01', '0.4', 'ISO_14495_1']],
    ['91', jpeg2000(), {}, [undefined, undefined, undefined]],
    ['80', jpeg({ identifiers: [1], frameMarker: 0xf7 }), grey8, [undefined, undefined, undefined]],
  ])('for frames stored as .%s', async (uid, codeStream, attributes, expected) => {
    const instance = headerInstance(codeStream, uid, { ...attributes, LossyImageCompression: '' })
    await bytesOf(instance.part10())
    const ratio = uid === '50' || uid === '81' ? 12 / codeStream.length : 24 / codeStream.length
    const [isLossy, stated, method] = lossy.map((keyword) => instance.attributes.string(keyword) || undefined)
    expect([isLossy, method]).toEqual([expected[0], expected[2]])
    expect(stated).toBe(expected[1] === undefined ? undefined : String(Number(ratio.toPrecision(5))))
    const codes = instance.notices.map(({ code }) => code)
    expect(codes).toEqual(expected[0] === undefined ? [] : ['LOSSY_COMPRESSION_DECLARED'])
  })

  test('and existing declarations are kept', async () => {
    const said = { LossyImageCompression: '01', LossyImageCompressionRatio: '7.5' }
    const kept = headerInstance(jpeg2000({ isReversible: false }), '91', said)
    await bytesOf(kept.part10())
    expect(lossy.map((keyword) => kept.attributes.string(keyword))).toEqual(['01', '7.5', undefined])
    const denied = headerInstance(jpeg2000({ isReversible: false }), '91', { ...said, LossyImageCompression: '00' })
    await bytesOf(denied.part10())
    expect(lossy.map((keyword) => denied.attributes.string(keyword))).toEqual(['01', '7.5', 'ISO_15444_1'])
  })
})
