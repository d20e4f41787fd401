import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expandSegmentedLookupTable } from '@ahi-dicom/renderer'
import type { ImageDescription, LookupTable, Palette, PixelArray } from '@ahi-dicom/renderer'

interface ReferenceTable extends Omit<LookupTable, 'entries'> {
  readonly entries?: readonly number[]
  readonly segments?: readonly number[]
}

/** A frame as reference.py describes it. */
interface Reference {
  readonly name: string
  /** The DICOM file that contains it. */
  readonly file: string
  readonly frame: number
  readonly windowIndex?: number
  /** True if decoders may differ. */
  readonly isLossy?: true
  readonly image: Omit<ImageDescription, 'modalityLut' | 'voiLut' | 'palette' | 'overlays'> & {
    readonly modalityLut?: ReferenceTable
    readonly voiLut?: ReferenceTable
    readonly palette?: { readonly red: ReferenceTable; readonly green: ReferenceTable; readonly blue: ReferenceTable }
    readonly overlays?: readonly ReferenceOverlay[]
  }
  readonly dtype: string
  readonly reference?: 'level' | 'rgb'
  readonly rgbType?: string
}

type ReferenceOverlay =
  | { readonly bitPosition: number; readonly type: string }
  | {
      readonly rows: number
      readonly columns: number
      readonly origin: readonly [number, number]
      readonly data: readonly number[]
      readonly type: string
    }

/** One frame to render, with the results of other programs. */
export interface ReferenceCase extends Pick<
  Reference,
  'name' | 'file' | 'frame' | 'windowIndex' | 'isLossy' | 'reference'
> {
  readonly path: string
  readonly image: ImageDescription
  readonly pixels: PixelArray
  readonly rgbType: string
}

const dicom = new URL('../../../../shared/dicom/', import.meta.url)

/** Returns whether there are public sample files beside the repository. */
export const hasSampleFiles: boolean = existsSync(dicom)

/** Returns the name of a missing program. With CI set, a missing program is an error. */
export function missingProgram(): string | undefined {
  const programs: Readonly<Record<string, boolean>> = {
    'python3 with pydicom and numpy': spawnSync('python3', ['-c', 'import pydicom, numpy']).status === 0,
    dcm2pnm: spawnSync('dcm2pnm', ['--version']).status === 0,
  }
  const missing = Object.keys(programs).find((program) => programs[program] !== true)
  if (missing === undefined) return undefined
  if (process.env['CI'] !== undefined) throw new Error(`Cannot compare with other programs: ${missing} is missing`)
  console.warn(`Not compared with other programs: ${missing} is missing`)
  return `skipped: ${missing} is missing`
}

/** Returns frames of generated files and of the available public files, as pydicom reads and renders them. */
export function readCases(directory: string): readonly ReferenceCase[] {
  const script = new URL('reference.py', import.meta.url).pathname
  const printed = execFileSync('python3', ['-W', 'ignore', script, directory, ...sampleFiles()], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return Array.from({ length: Number(printed) }, (_, i) => readCase(join(directory, String(i))))
}

function sampleFiles(): readonly string[] {
  if (!hasSampleFiles) return []
  return ['pydicom', 'pydicom-data'].flatMap((folder) => {
    const url = new URL(`${folder}/`, dicom)
    return readdirSync(url)
      .filter((name) => name.endsWith('.dcm'))
      .map((name) => fileURLToPath(new URL(encodeURIComponent(name), url)))
  })
}

function readCase(path: string): ReferenceCase {
  const { image: read, dtype, rgbType = '', ...reference }: Reference = JSON.parse(readFileSync(`${path}.json`, 'utf8'))
  const { modalityLut, voiLut, palette, overlays, ...image } = read
  return {
    ...reference,
    path,
    rgbType,
    image: {
      ...image,
      modalityLut: table(modalityLut),
      voiLut: table(voiLut),
      palette: palette && paletteOf(palette),
      overlays: overlays?.map((overlay) =>
        'data' in overlay ? { ...overlay, data: Uint8Array.from(overlay.data) } : overlay,
      ),
    },
    pixels: typedArray(dtype, readFileSync(`${path}.raw`)),
  }
}

function table(reference: ReferenceTable | undefined): LookupTable | undefined {
  if (reference === undefined) return undefined
  const { segments, entries = [], firstMapped, bits } = reference
  if (segments === undefined) return { firstMapped, bits, entries: Uint16Array.from(entries) }
  const elements = bits === 8 ? Uint8Array.from(segments) : Uint16Array.from(segments)
  return { firstMapped, bits, entries: expandSegmentedLookupTable(elements) }
}

function paletteOf({ red, green, blue }: NonNullable<Reference['image']['palette']>): Palette | undefined {
  const [first, second, third] = [table(red), table(green), table(blue)]
  return first && second && third && { red: first, green: second, blue: third }
}

/** Returns the typed array for the name of a numpy type. */
export function typedArray(dtype: string, bytes: Buffer): PixelArray {
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
    case 'f8':
      return new Float64Array(buffer)
    default:
      throw new Error(`no array for ${dtype}`)
  }
}
