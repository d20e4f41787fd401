import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Emulator } from '@ahi-dicom/ahi-emulator'
import type { Exporter } from '@ahi-dicom/exporter'
import { createFormats } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { runPython } from './comparison.ts'

/** A PNG of an export, as Pillow reads it. */
export interface ExportedPicture {
  readonly path: string
  /** The DICOM file that was imported. */
  readonly file: string
  /** Counted from 0. */
  readonly frame: number
  readonly samples: Uint8Array
  /** Width, height, channels. */
  readonly size: readonly number[]
  /** Pixels a metre, along x and y. */
  readonly density: readonly number[] | null
}

/** Result of {@link exportPictures}. */
export interface ExportedPictures {
  readonly pictures: readonly ExportedPicture[]
  /** Files that a data store does not take, or makes no frames of. */
  readonly refused: readonly string[]
}

/** Imports each file into a separate data store and exports PNGs of all frames with their overlays. */
export async function exportPictures(
  files: readonly string[],
  { emulator, exporter, folder }: { readonly emulator: Emulator; readonly exporter: Exporter; readonly folder: string },
): Promise<ExportedPictures> {
  const written: Pick<ExportedPicture, 'path' | 'file' | 'frame'>[] = []
  const refused: string[] = []
  for (const [index, file] of files.entries()) {
    const { datastoreId } = await emulator.createDatastore({ name: `pictures-${index}` })
    const hasFrames = await importFrames(emulator, file, datastoreId)
    const directory = join(folder, String(index))
    const destination = folderDestination({ directory })
    const formats = createFormats(['png'], { png: { overlays: true } })
    if (!hasFrames) {
      refused.push(file)
      continue
    }
    await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
    written.push(...(await journaled(directory)).map((picture) => ({ ...picture, file })))
  }
  const read = await readPictures(
    written.map(({ path }) => path),
    folder,
  )
  const pictures = written.map((picture, index) => ({ ...picture, ...(read[index] ?? unread(picture.path)) }))
  return { pictures, refused }
}

/** Warnings of imports that keep the pixel data as one piece. */
const NO_FRAMES: ReadonlySet<string | undefined> = new Set([
  'FrameNumberMismatch',
  'FramesExtractionFailure',
  'TranscodingException',
  'UnsupportedTransferSyntax',
])

async function importFrames(emulator: Emulator, file: string, datastoreId: string): Promise<boolean> {
  const nothing = { imported: 0, warnings: [] }
  const { imported, warnings } = await emulator.importDicom(file, { datastoreId }).catch(() => nothing)
  return imported > 0 && !warnings.some(({ type }) => NO_FRAMES.has(type))
}

async function journaled(directory: string): Promise<{ path: string; frame: number }[]> {
  const manifest = await readFile(join(directory, 'manifest.ndjson'), 'utf8')
  return manifest
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const { path, frame }: { readonly path?: string; readonly frame: number } = JSON.parse(line)
      return path === undefined ? [] : [{ path: join(directory, path), frame }]
    })
}

async function readPictures(
  paths: readonly string[],
  folder: string,
): Promise<Pick<ExportedPicture, 'samples' | 'size' | 'density'>[]> {
  const list = join(folder, 'pictures.txt')
  await writeFile(list, paths.join('\n'))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what our own script prints
  const read = (await runPython('png_samples.py', [list])) as readonly Pick<ExportedPicture, 'size' | 'density'>[]
  return Promise.all(
    read.map(async (picture, index) => ({
      ...picture,
      samples: new Uint8Array(await readFile(`${paths[index]}.samples`)),
    })),
  )
}

function unread(path: string): never {
  throw new Error(`Pillow has not read ${path}`)
}
