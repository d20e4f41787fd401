import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'

import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { bytesOf, imageInstance, knownFrame } from './instances.ts'
import { hasCommand, hasPydicom, hasShared, python, run, sharedFolder } from './tools.ts'

const files = [
  'pydicom/SC_rgb_jpeg_dcmtk.dcm',
  'pydicom/SC_rgb_dcmtk_+eb+cr.dcm',
  'pydicom/SC_rgb_dcmtk_+eb+cy+s2.dcm',
  'pydicom/examples_ybr_color.dcm',
  'pydicom/MR_small_jp2klossless.dcm',
  'pydicom-data/emri_small_jpeg_2k_lossless.dcm',
  'pydicom-data/US1_J2KR.dcm',
  'pydicom-data/MR2_J2KI.dcm',
]
const isJpeg = (path: string): boolean => /jpeg_dcmtk|dcmtk_\+|ybr_color/.test(path)
const decoders: readonly (readonly [
  command: string,
  options: readonly string[],
  decodes: (path: string) => boolean,
])[] = [
  ['dcmdjpeg', [], isJpeg],
  ['gdcmconv', ['--raw'], () => true],
]

interface EncapsulatedFile {
  readonly uid: string
  readonly frames: readonly string[]
  readonly attributes: AttributeMap
}

const canRun =
  hasPydicom() && hasCommand('dcmdjpeg') && hasCommand('gdcmconv') && files.every((path) => hasShared(`dicom/${path}`))

describe.skipIf(!canRun)('stored frames of real files, encapsulated again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dicomizer-'))
  const originals = files.map((path) => fileURLToPath(new URL(`dicom/${path}`, sharedFolder)))
  const written = files.map((_, index) => join(folder, `${index}.dcm`))

  beforeAll(async () => {
    const read = python('encapsulated_files.py', originals)
    if (!Array.isArray(read)) throw new TypeError('encapsulated_files.py printed no array')
    const encapsulated = read.map((file: EncapsulatedFile) => file)
    for (const [index, file] of encapsulated.entries()) writeFileSync(written[index] ?? '', await encapsulate(file))
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  for (const [command, options, decodes] of decoders) {
    test.each(files.filter(decodes))(`${command} decodes %s like the original`, (path) => {
      const index = files.indexOf(path)
      const decoded = [originals[index] ?? '', written[index] ?? ''].map((file, side) => {
        const target = join(folder, `${command}-${index}-${side}.dcm`)
        expect(run(command, [...options, file, target])).toMatchObject({ status: 0 })
        return target
      })
      const [expected, got] = checksums(decoded)
      expect(got).toBe(expected)
    })
  }
})

/** Returns a stored instance of these frames. Its checksums cover the stored bytes. */
async function encapsulate({ uid, frames, attributes }: EncapsulatedFile): Promise<Uint8Array> {
  const codeStreams = frames.map((frame) => new Uint8Array(Buffer.from(frame, 'base64')))
  const ImageFrames = codeStreams.map((codeStream, index) => {
    const checksum = { Width: 1, Height: 1, Checksum: crc32(codeStream) }
    return { ID: `frame${index}`, PixelDataChecksumFromBaseToFullResolution: [checksum] }
  })
  const known = codeStreams.map((codeStream) => ({ ...knownFrame(0), codeStream }))
  const instance = imageInstance(known, {
    transferSyntax: 'stored',
    verifyFrames: uid !== '1.2.840.10008.1.2.4.90',
    frameDecoder: undefined,
    attributes,
    instance: { StoredTransferSyntaxUID: uid, ImageFrames },
  })
  return bytesOf(instance.part10())
}

function checksums(paths: readonly string[]): readonly unknown[] {
  const read = python('pixel_data.py', paths)
  if (!Array.isArray(read)) throw new TypeError('pixel_data.py printed no array')
  return read
}
