import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderFrame } from '@ahi-dicom/renderer'
import type { ImageDescription, Picture } from '@ahi-dicom/renderer'
import { hasSampleFiles, missingProgram, readCases, typedArray } from './reference-cases.ts'
import type { ReferenceCase } from './reference-cases.ts'

/** pydicom 3 and dcmtk render frames of all public files that they can read, and of generated ones. */

/** Long enough for a few hundred runs of another program on a busy machine. */
const patienceMs = 240_000

const missing = missingProgram()
const directory = mkdtempSync(join(tmpdir(), 'renderer-'))
let cases: readonly ReferenceCase[] = []

describe.skipIf(missing !== undefined)(
  `a frame${missing === undefined ? '' : ` (${missing})`}`,
  { timeout: patienceMs },
  () => {
    beforeAll(() => {
      if (missing === undefined) cases = readCases(directory)
    }, patienceMs)

    test('has enough cases', () => {
      expect(cases.length).toBeGreaterThan(hasSampleFiles ? 190 : 70)
    })

    test('has the grey levels of pydicom, rounded', () => {
      const compared = cases.filter(({ reference }) => reference === 'level')
      expect(compared.length).toBeGreaterThan(40)
      const differing = compared.flatMap((entry) =>
        differenceLine(entry, largestDifference(render(entry).data, levels(entry, 255)), 0.5000001),
      )
      expect(differing).toEqual([])
    })

    test('has the grey levels of pydicom in 16 bits, rounded, with a window', () => {
      const compared = cases.filter(
        ({ reference, image }) =>
          reference === 'level' && image.voiLut === undefined && image.windowCenter !== undefined,
      )
      const differing = compared.flatMap((entry) => {
        const { data } = renderFrame(entry.pixels, entry.image, { bits: 16, windowIndex: entry.windowIndex ?? 0 })
        return differenceLine(entry, largestDifference(data, levels(entry, 65_535)), 0.50001)
      })
      expect(differing).toEqual([])
    })

    test('has the colours of pydicom: equal for RGB and palettes, within 1 for YBR_FULL', () => {
      const differing = cases
        .filter(({ reference }) => reference === 'rgb')
        .flatMap((entry) => {
          const tolerance = entry.image.photometricInterpretation.startsWith('YBR_FULL') ? 1 : 0
          return differenceLine(entry, largestDifference(render(entry).data, colours(entry)), tolerance)
        })
      expect(differing).toEqual([])
    })

    // dcmtk drops fractions. For YBR it drops them in each term.
    test('equals dcm2pnm within 1 of 255 levels, YBR within 2, overlays included', () => {
      const differing = cases.flatMap((entry) => {
        const pnm = dcm2pnm(entry)
        const tolerance = entry.image.photometricInterpretation.startsWith('YBR') ? 2 : 1
        return pnm === undefined
          ? []
          : differenceLine(entry, largestDifference(render(entry, { overlays: true }).data, pnm), tolerance)
      })
      expect(differing).toEqual([])
    })

    test('keeps its stored values in 16 bits', () => {
      for (const { image, pixels } of cases) {
        const isReal = pixels instanceof Float32Array || pixels instanceof Float64Array
        if (!image.photometricInterpretation.startsWith('MONOCHROME') || image.bitsStored > 16 || isReal) continue
        const { data } = renderFrame(pixels, image, { bits: 16 })
        const lowBit = (image.highBit ?? image.bitsStored - 1) + 1 - image.bitsStored
        const offset = image.pixelRepresentation === 1 ? 2 ** (image.bitsStored - 1) : 0
        const stored = (sample: number): number => ((sample >> lowBit) + offset) & (2 ** image.bitsStored - 1)
        expect(data.every((value, i) => value === stored(pixels[i] ?? 0))).toBe(true)
      }
    })
  },
)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

function render({ pixels, image, windowIndex }: ReferenceCase, options: { readonly overlays?: boolean } = {}): Picture {
  return renderFrame(pixels, image, { ...options, windowIndex })
}

function levels({ path }: ReferenceCase, white: number): readonly number[] {
  const bytes = readFileSync(`${path}.level`)
  return Array.from({ length: bytes.byteLength / 8 }, (_, i) => bytes.readDoubleLE(i * 8) * white)
}

/** pydicom keeps the bit depth of colours. */
function colours({ path, image, rgbType }: ReferenceCase): readonly number[] {
  const samples = typedArray(rgbType, readFileSync(`${path}.rgb`))
  const bits = image.palette === undefined ? image.bitsStored : samples.BYTES_PER_ELEMENT * 8
  const excess = Math.max(0, bits - 8)
  return Array.from(samples, (sample) => sample >>> excess)
}

/** Returns undefined for frames that dcm2pnm does not render. */
function dcm2pnm({ path, image, frame, pixels, windowIndex }: ReferenceCase): Uint8Array | undefined {
  const isReal = pixels instanceof Float32Array || pixels instanceof Float64Array
  if (image.voiLutFunction === 'LINEAR_EXACT' || isReal) return undefined
  const overlays = image.overlays === undefined ? ['-O'] : ['+O', '0']
  const options = ['-q', '+F', String(frame + 1), ...overlays, ...voiOption(image, windowIndex), '--write-raw-pnm']
  const { stdout, status } = spawnSync('dcm2pnm', [...options, `${path}.dcm`], { maxBuffer: 1 << 28 })
  if (status !== 0 || stdout.byteLength === 0) return undefined
  return stdout.subarray(
    stdout.byteLength - image.rows * image.columns * image.samplesPerPixel * (image.palette ? 3 : 1),
  )
}

function voiOption(image: ImageDescription, windowIndex: number | undefined): readonly string[] {
  if (image.samplesPerPixel === 3 || image.palette !== undefined) return []
  if (windowIndex !== undefined) return ['+Wi', String(windowIndex + 1)]
  if (image.voiLut !== undefined) return ['+Wl', '1']
  if (image.windowCenter !== undefined) return ['+Wi', '1']
  return image.bitsStored <= 8 && image.bitsStored > 1 ? ['-W'] : ['+Wm']
}

function largestDifference(data: Picture['data'], expected: ArrayLike<number>): number {
  expect(data.length).toBe(expected.length)
  let largest = 0
  for (let i = 0; i < data.length; i++) {
    const difference = Math.abs((data[i] ?? 0) - (expected[i] ?? Infinity))
    if (!(difference <= largest)) largest = difference
  }
  return largest
}

function differenceLine(
  { name, frame, image }: ReferenceCase,
  difference: number,
  tolerance: number,
): readonly string[] {
  if (difference <= tolerance) return []
  return [
    `${name}, frame ${frame + 1} (${image.photometricInterpretation}, ${image.bitsStored} bits): differs by ${difference}`,
  ]
}
