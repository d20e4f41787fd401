import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'

import type { DecodedFrame } from '@ahi-dicom/dicomizer'
import { readFrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import { beforeAll, describe, expect, test } from 'vitest'

import { bytesOf, imageInstance } from './instances.ts'
import { hasPydicom, hasShared, python, sharedFolder } from './tools.ts'

const jpeg2000Files = [
  'pydicom/J2K_pixelrep_mismatch.dcm',
  'pydicom/GDCMJ2K_TextGBR.dcm',
  'pydicom/693_J2KI.dcm',
  'pydicom/MR_small_jp2klossless.dcm',
  'pydicom-data/US1_J2KI.dcm',
  'pydicom-data/US1_J2KR.dcm',
]
const otherFiles = [
  'pydicom-data/HTJ2KLossless_08_RGB.dcm',
  'pydicom-data/HTJ2K_08_RGB.dcm',
  'pydicom/SC_rgb_jpeg_dcmtk.dcm',
  'pydicom/SC_rgb_dcmtk_+eb+cr.dcm',
  'pydicom/SC_rgb_small_odd_jpeg.dcm',
  'pydicom/JPEG-lossy.dcm',
  'pydicom/JPEGLSNearLossless_16.dcm',
]
const all = [...jpeg2000Files, ...otherFiles]

interface RealFrame {
  readonly frame: string
  readonly bitsPerSample: number
  readonly isSigned: boolean
  readonly rows: number
  readonly columns: number
  readonly samples: number
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly pixelRepresentation: number
  readonly photometric: string
  readonly decoded?: string
  readonly pixels?: string
}

const canRun = hasPydicom() && all.every((path) => hasShared(`dicom/${path}`))

describe.skipIf(!canRun)('real code streams', () => {
  let files: ReadonlyMap<string, RealFrame>

  beforeAll(() => {
    const paths = all.map((path) => fileURLToPath(new URL(`dicom/${path}`, sharedFolder)))
    const read = python('real_code_streams.py', paths)
    if (!Array.isArray(read)) throw new TypeError('real_code_streams.py printed no array')
    files = new Map(read.map((file: RealFrame, index) => [all[index] ?? '', file]))
  })

  function fileOf(path: string): RealFrame {
    const file = files.get(path)
    if (file === undefined) throw new Error(`no ${path}`)
    return file
  }

  test.each(all)('%s has the header that pydicom reads', (path) => {
    const { frame, rows, columns, samples, bitsPerSample, isSigned } = fileOf(path)
    const header = readFrameHeader(new Uint8Array(Buffer.from(frame, 'base64')))
    expect(header).toMatchObject({ width: columns, height: rows, components: samples, bitsPerSample, isSigned })
  })

  test.each(jpeg2000Files)('%s is written with the pixels that pydicom decodes', async (path) => {
    const file = fileOf(path)
    const codeStream = new Uint8Array(Buffer.from(file.frame, 'base64'))
    const pixels = new Uint8Array(Buffer.from(file.decoded ?? '', 'base64'))
    const { rows: height, columns: width, samples: components, bitsPerSample, isSigned } = file
    const decoded: DecodedFrame = {
      pixels,
      width,
      height,
      components,
      bitsPerSample,
      isSigned,
      checksum: crc32(pixels),
    }
    const instance = imageInstance([{ codeStream, decoded }], {
      frameDecoder: { decode: async () => decoded },
      attributes: {
        BitsAllocated: file.bitsAllocated,
        BitsStored: file.bitsStored,
        PixelRepresentation: file.pixelRepresentation,
        PhotometricInterpretation: file.photometric,
        LossyImageCompression: '01',
      },
      instance: {
        StoredTransferSyntaxUID: `1.2.840.10008.1.2.4.90`,
        ChecksumType: 'DECOMPRESSED',
      },
    })
    const written = await bytesOf(instance.part10())
    const expected = Buffer.from(file.pixels ?? '', 'base64')
    expect(Buffer.compare(written.subarray(-expected.length), expected)).toBe(0)
    const isContradicted = isSigned !== (file.pixelRepresentation === 1)
    const tags = instance.notices.flatMap(({ code, tag }) => (code === 'TRANSFER_SYNTAX_CORRECTED' ? [] : [tag]))
    expect(tags).toEqual(isContradicted ? ['00280103'] : [])
    expect(instance.attributes.string('PhotometricInterpretation')).toBe(components === 3 ? 'RGB' : 'MONOCHROME2')
  })

  test('a file with a contradicted sign is among them', () => {
    const { isSigned, pixelRepresentation } = fileOf('pydicom/J2K_pixelrep_mismatch.dcm')
    expect([isSigned, pixelRepresentation]).toEqual([false, 1])
  })
})
