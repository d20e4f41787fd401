import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expandSegmentedLookupTable, renderFrame } from '@ahi-dicom/renderer'
import type { ImageDescription, LookupTable, Palette, Picture, PixelArray } from '@ahi-dicom/renderer'

/** pydicom 3 and dcmtk render the first frame of every public file that they can read, and variants of one. */

interface ReferenceTable extends Omit<LookupTable, 'entries'> {
  readonly entries?: readonly number[]
  readonly segments?: readonly number[]
}

interface Reference {
  readonly name: string
  readonly image: Omit<ImageDescription, 'modalityLut' | 'voiLut' | 'palette'> & {
    readonly modalityLut?: ReferenceTable
    readonly voiLut?: ReferenceTable
    readonly palette?: { readonly red: ReferenceTable; readonly green: ReferenceTable; readonly blue: ReferenceTable }
  }
  readonly dtype: string
  readonly reference?: 'level' | 'rgb'
  readonly rgbType?: string
}

interface Case {
  readonly name: string
  readonly path: string
  readonly image: ImageDescription
  readonly pixels: PixelArray
  readonly reference: Reference
}

/** For a hundred runs of another program on a busy machine. */
const PATIENCE_MS = 240_000

const dicom = new URL('../../../../shared/dicom/', import.meta.url)
const missing = whatIsMissing()
const directory = mkdtempSync(join(tmpdir(), 'renderer-'))
let cases: readonly Case[] = []

describe.skipIf(missing !== undefined)(
  `the first frame of public files${missing === undefined ? '' : ` (${missing})`}`,
  { timeout: PATIENCE_MS },
  () => {
    beforeAll(() => {
      if (missing === undefined) cases = readCases()
    }, PATIENCE_MS)

    test('is at hand in numbers', () => {
      expect(cases.length).toBeGreaterThan(90)
    })

    test('has the grey levels of pydicom, rounded', () => {
      const differing = cases
        .filter(({ reference }) => reference.reference === 'level')
        .flatMap((entry) => differenceLine(entry, largestDifference(render(entry), levels(entry)), 0.5000001))
      expect(differing).toEqual([])
    })

    test('has the colours of pydicom: equal for RGB and palettes, within 1 for YBR_FULL', () => {
      const differing = cases
        .filter(({ reference }) => reference.reference === 'rgb')
        .flatMap((entry) => {
          const tolerance = entry.image.photometricInterpretation.startsWith('YBR_FULL') ? 1 : 0
          return differenceLine(entry, largestDifference(render(entry), colours(entry)), tolerance)
        })
      expect(differing).toEqual([])
    })

    // dcmtk cuts off fractions, for YBR_FULL those of each term.
    test('is that of dcm2pnm within 1 of 255 levels, YBR_FULL within 2', () => {
      const differing = cases.flatMap((entry) => {
        const pnm = dcm2pnm(entry)
        const tolerance = entry.image.photometricInterpretation.startsWith('YBR_FULL') ? 2 : 1
        return pnm === undefined ? [] : differenceLine(entry, largestDifference(render(entry), pnm), tolerance)
      })
      expect(differing).toEqual([])
    })

    test('keeps its stored values in 16 bits', () => {
      for (const { image, pixels, reference } of cases) {
        if (reference.reference === 'rgb' || image.bitsStored > 16 || pixels instanceof Float32Array) continue
        const { data } = renderFrame(pixels, image, { bits: 16 })
        const offset = image.pixelRepresentation === 1 ? 2 ** (image.bitsStored - 1) : 0
        expect(data.every((value, i) => value === ((pixels[i] ?? 0) + offset) % 2 ** image.bitsStored)).toBe(true)
      }
    })
  },
)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

function whatIsMissing(): string | undefined {
  const needs: Readonly<Record<string, boolean>> = {
    'python3 with pydicom and numpy': spawnSync('python3', ['-c', 'import pydicom, numpy']).status === 0,
    dcm2pnm: spawnSync('dcm2pnm', ['--version']).status === 0,
  }
  const [missingProgram] = Object.keys(needs).filter((need) => needs[need] !== true)
  if (missingProgram !== undefined && process.env['CI'] !== undefined) {
    throw new Error(`Cannot compare with other programs: ${missingProgram} is missing`)
  }
  const missing = existsSync(dicom) ? missingProgram : 'the folder shared/dicom beside the repository'
  if (missing === undefined) return undefined
  console.warn(`Not compared with other programs: ${missing} is missing`)
  return `skipped: ${missing} is missing`
}

function readCases(): readonly Case[] {
  const files = ['pydicom', 'pydicom-data'].flatMap((folder) => {
    const url = new URL(`${folder}/`, dicom)
    return readdirSync(url)
      .filter((name) => name.endsWith('.dcm'))
      .map((name) => new URL(name, url).pathname)
  })
  const script = new URL('reference.py', import.meta.url).pathname
  const count = Number(
    execFileSync('python3', ['-W', 'ignore', script, directory, ...files], { stdio: ['ignore', 'pipe', 'ignore'] }),
  )
  return Array.from({ length: count }, (_, i) => readCase(join(directory, String(i))))
}

function readCase(path: string): Case {
  const reference: Reference = JSON.parse(readFileSync(`${path}.json`, 'utf8'))
  const { modalityLut, voiLut, palette, ...image } = reference.image
  return {
    name: reference.name,
    path,
    reference,
    image: { ...image, modalityLut: table(modalityLut), voiLut: table(voiLut), palette: palette && paletteOf(palette) },
    pixels: typedArray(reference.dtype, readFileSync(`${path}.raw`)),
  }
}

function table(reference: ReferenceTable | undefined): LookupTable | undefined {
  if (reference === undefined) return undefined
  const { segments, entries = [], firstMapped, bits } = reference
  if (segments === undefined) return { firstMapped, bits, entries: Uint16Array.from(entries) }
  return { firstMapped, bits, entries: expandSegmentedLookupTable(Uint16Array.from(segments)) }
}

function paletteOf({ red, green, blue }: NonNullable<Reference['image']['palette']>): Palette | undefined {
  const tables = [table(red), table(green), table(blue)]
  const [first, second, third] = tables
  return first && second && third && { red: first, green: second, blue: third }
}

function typedArray(dtype: string, bytes: Buffer): PixelArray {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  switch (dtype.slice(1)) {
    case 'u1':
    case 'b1':
      return new Uint8Array(buffer)
    case 'i1':
      return new Int8Array(buffer)
    case 'u2':
      return new Uint16Array(buffer)
    case 'i2':
      return new Int16Array(buffer)
    case 'u4':
      return new Uint32Array(buffer)
    case 'i4':
      return new Int32Array(buffer)
    case 'f4':
      return new Float32Array(buffer)
    default:
      throw new Error(`no array for ${dtype}`)
  }
}

function render({ pixels, image }: Case): Picture {
  return renderFrame(pixels, image)
}

function levels({ path }: Case): readonly number[] {
  const bytes = readFileSync(`${path}.level`)
  return Array.from({ length: bytes.byteLength / 8 }, (_, i) => bytes.readDoubleLE(i * 8) * 255)
}

/** pydicom leaves colours at their own depth. */
function colours({ path, image, reference }: Case): readonly number[] {
  const samples = typedArray(reference.rgbType ?? '', readFileSync(`${path}.rgb`))
  const bits = image.palette === undefined ? image.bitsStored : samples.BYTES_PER_ELEMENT * 8
  const excess = Math.max(0, bits - 8)
  return Array.from(samples, (sample) => sample >>> excess)
}

/** Undefined for what dcm2pnm does not render. */
function dcm2pnm({ path, image, pixels }: Case): Uint8Array | undefined {
  if (image.voiLutFunction === 'LINEAR_EXACT' || pixels instanceof Float32Array) return undefined
  const { stdout, status } = spawnSync('dcm2pnm', ['-q', '-O', ...voiOption(image), '--write-raw-pnm', `${path}.dcm`], {
    maxBuffer: 1 << 28,
  })
  if (status !== 0 || stdout.byteLength === 0) return undefined
  return stdout.subarray(
    stdout.byteLength - image.rows * image.columns * image.samplesPerPixel * (image.palette ? 3 : 1),
  )
}

function voiOption(image: ImageDescription): readonly string[] {
  if (image.samplesPerPixel === 3 || image.palette !== undefined) return []
  if (image.voiLut !== undefined) return ['+Wl', '1']
  if (image.windowCenter !== undefined) return ['+Wi', '1']
  return image.bitsStored <= 8 && image.bitsStored > 1 ? ['-W'] : ['+Wm']
}

function largestDifference({ data }: Picture, expected: ArrayLike<number>): number {
  expect(data.length).toBe(expected.length)
  let largest = 0
  data.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value - (expected[i] ?? Number.NaN)))
  })
  return largest
}

function differenceLine({ name, image }: Case, difference: number, tolerance: number): readonly string[] {
  if (difference <= tolerance) return []
  return [`${name} (${image.photometricInterpretation}, ${image.bitsStored} bits): differs by ${difference}`]
}
