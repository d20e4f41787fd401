import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { hashedSamples, smoothSamples } from './samples.ts'

const DICOM = new URL('../../../../shared/dicom/', import.meta.url)
const PYDICOM_DATA = new URL('pydicom-data/', DICOM)

const PART_1_FILES = [
  'pydicom/693_J2KI',
  'pydicom/GDCMJ2K_TextGBR',
  'pydicom/J2K_pixelrep_mismatch',
  'pydicom/JPEG2000',
  'pydicom/MR_small_jp2klossless',
  'pydicom/SC_rgb_gdcm_KY',
  'pydicom/examples_jpeg2k',
  'pydicom-data/693_J2KR',
  'pydicom-data/MR2_J2KI',
  'pydicom-data/RG1_J2KI',
  'pydicom-data/RG3_J2KR',
  'pydicom-data/US1_J2KI',
  'pydicom-data/US1_J2KR',
  'pydicom-data/emri_small_jpeg_2k_lossless',
  'pydicom-data/liver_j2k',
  'pydicom-data/liver_nonbyte_aligned_j2k',
]

/** Prints the length, CRC-32 and shape of code streams that OpenJPEG decodes. They arrive length-prefixed on stdin. */
const DECODE = `
import sys, zlib, json, openjpeg
data, results = sys.stdin.buffer.read(), []
while data:
    length = int.from_bytes(data[:4], 'little')
    samples = openjpeg.decode(data[4:4 + length])
    results.append({'shape': samples.shape, 'checksum': zlib.crc32(samples.tobytes())})
    data = data[4 + length:]
print(json.dumps(results))
`

/** Prints the frames of DICOM files and OpenJPEG's result for each, one line of JSON per frame. */
const DECODE_FILES = `
import sys, json, zlib, base64, pydicom, openjpeg
from pydicom.encaps import generate_frames
for file in sys.argv[1:]:
    dataset = pydicom.dcmread(file)
    for frame in generate_frames(dataset.PixelData, number_of_frames=int(dataset.get('NumberOfFrames', 1))):
        samples = openjpeg.decode(frame)
        checksum = zlib.crc32(samples.tobytes())
        print(json.dumps({'frame': base64.b64encode(frame).decode(), 'shape': samples.shape, 'checksum': checksum}))
`

/** Prints the first fragment of a DICOM file and OpenJPEG's result for it, both in base64. */
const EXTRACT = `
import sys, base64, pydicom, openjpeg
from pydicom.encaps import generate_frames
frame = next(generate_frames(pydicom.dcmread(sys.argv[1]).PixelData, number_of_frames=1))
print(base64.b64encode(frame).decode())
print(base64.b64encode(openjpeg.decode(frame).tobytes()).decode())
`

function withoutOpenJpeg(): boolean {
  const isHere = spawnSync('python3', ['-c', 'import pydicom, openjpeg']).status === 0
  if (isHere || process.env['CI'] !== undefined) return false
  console.warn('skipped: python3 with pydicom and pylibjpeg-openjpeg is not here')
  return true
}

function withoutFiles(): boolean {
  const missing = !existsSync(PYDICOM_DATA)
  if (missing) console.warn('skipped: the shared DICOM files are not here')
  return missing
}

function decodeWithOpenJpeg(codeStreams: readonly Uint8Array[]): unknown {
  const input = codeStreams.flatMap((bytes) => [new Uint8Array(new Uint32Array([bytes.length]).buffer), bytes])
  return JSON.parse(execFileSync('python3', ['-c', DECODE], { input: Buffer.concat(input), encoding: 'utf8' }))
}

describe.skipIf(withoutOpenJpeg())('OpenJPEG decodes the same samples', () => {
  test('from code streams of every kind', { timeout: 120_000 }, async () => {
    const codeStreams = kindsOfCodeStreams()
    const frames = await Promise.all(codeStreams.map((codeStream) => decodeFrame(codeStream)))
    const results = frames.map(({ width, height, components, checksum }) => ({
      shape: components === 1 ? [height, width] : [height, width, components],
      checksum,
    }))
    expect(decodeWithOpenJpeg(codeStreams)).toEqual(results)
  })

  test.skipIf(withoutFiles()).each([
    ['HTJ2KLossless_08_RGB', 0],
    ['HTJ2K_08_RGB', 1],
  ])('from %s.dcm, within %i', async (name, tolerance) => {
    const file = fileURLToPath(new URL(`${name}.dcm`, PYDICOM_DATA))
    const printed = execFileSync('python3', ['-c', EXTRACT, file], { encoding: 'utf8', maxBuffer: 2 ** 24 }).split('\n')
    const [codeStream = Buffer.alloc(0), samples = Buffer.alloc(0)] = printed.map((line) => Buffer.from(line, 'base64'))
    const { pixels, ...frame } = await decodeFrame(codeStream)
    const format = { width: 640, height: 480, components: 3, bitsPerSample: 8, isSigned: false }
    expect(frame).toEqual({ ...format, checksum: crc32(pixels) })
    expect(pixels).toHaveLength(samples.length)
    expect(pixels.every((sample, index) => Math.abs(sample - (samples[index] ?? 0)) <= tolerance)).toBe(true)
  })
})

// Includes lossy ones: both decoders are OpenJPEG, with the same arithmetic.
test.skipIf(withoutOpenJpeg() || withoutFiles())(
  'JPEG 2000 Part 1 of DICOM files decodes to what OpenJPEG makes of it',
  { timeout: 120_000 },
  async () => {
    const files = PART_1_FILES.map((name) => fileURLToPath(new URL(`${name}.dcm`, DICOM)))
    const printed = execFileSync('python3', ['-c', DECODE_FILES, ...files], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    const results = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(results.length).toBeGreaterThan(PART_1_FILES.length)
    for (const { frame, ...expected } of results) {
      const { width, height, components, checksum } = await decodeFrame(Buffer.from(frame, 'base64'))
      expect({ shape: components === 1 ? [height, width] : [height, width, components], checksum }).toEqual(expected)
    }
  },
)

function kindsOfCodeStreams(): Uint8Array[] {
  const kinds: Uint8Array[] = []
  for (const components of [1, 2, 3, 4]) {
    // Signed samples of up to 8 bits are left out, because the encoder reads them as unsigned.
    for (const [bitsPerSample, isSigned] of [
      [1, false],
      [8, false],
      [12, false],
      [16, false],
      [9, true],
      [16, true],
    ] as const) {
      const format = { width: 37, height: 29, components, bitsPerSample, isSigned }
      for (const usesColorTransform of components > 2 ? [true, false] : [false]) {
        kinds.push(encodeFrame(hashedSamples(format), format, { usesColorTransform }))
        kinds.push(encodeFrame(smoothSamples(format), format, { usesColorTransform, tile: { width: 17, height: 9 } }))
      }
    }
  }
  return kinds
}
