import { join } from 'node:path'
import { completeFiles } from '../interop/completed-files.ts'
import type { SourceFile, StoreOptions } from '../interop/round-trip.ts'
import { listSharedFiles, sharedDicom, sharedFilesMissing } from '../interop/shared-files.ts'
import { generateFiles } from './generated-files.ts'

/** Files that other kinds of data stores and documents of other versions change. */
const ALSO_ELSEWHERE = [
  'character-sets/items.dcm',
  'enhanced/ct.dcm',
  'htj2k/lossless-rct-201.dcm',
  'jpeg-2000/lossless-signed-16.dcm',
  'jpeg/baseline-422.dcm',
  'jpeg/dcmtk-lossless-16.dcm',
  'native/1-bit-odd-frames.dcm',
  'native/rgb-planes-frames.dcm',
  'native/rgb-planes-16.dcm',
  'native/signed-12-in-16.dcm',
  'native/signed-8.dcm',
  'native/ybr-full-422.dcm',
  'private/blocks-implicit.dcm',
  'values/every-vr.dcm',
  'values/empty.dcm',
]

const STORES: Readonly<Record<string, StoreOptions>> = {
  'JPEG 2000 data store': { losslessStorageFormat: 'JPEG_2000_LOSSLESS' },
  '2023 documents': { documentForm: '2023' },
}

/** A source, and the heading that it stands under. */
export interface FidelitySource extends SourceFile {
  readonly section: string
  /** Its name below the heading. */
  readonly file: string
}

/** Every file of the fidelity run; `only` is a part of the names wanted. */
export async function listSources(folder: string, only = ''): Promise<FidelitySource[]> {
  const sources = [...(await generatedSources(folder)), ...(await realSources(folder))]
  return sources.filter(({ name }) => name.includes(only))
}

/** Returns the real files if they exist. Some get missing attributes that AHI requires. */
async function realSources(folder: string): Promise<FidelitySource[]> {
  if (sharedFilesMissing() !== undefined) return []
  const completed = await completeFiles(join(folder, 'completed'))
  const shared = listSharedFiles().map((name) => ({ name, original: join(sharedDicom, name) }))
  const kinds = ['explicit', 'stored', 'png'] as const
  return [...shared, ...completed].map((file) => ({ ...file, kinds, ...headingOf(file.name) }))
}

async function generatedSources(folder: string): Promise<FidelitySource[]> {
  const generated = await generateFiles(join(folder, 'generated'))
  const some = generated.filter(({ name }) => ALSO_ELSEWHERE.includes(name))
  const elsewhere = Object.entries(STORES).flatMap(([section, store]) =>
    some.map(({ name, path }) => sourceElsewhere(generatedSource(name, path), section, store)),
  )
  return [...generated.map(({ name, path }) => generatedSource(name, path)), ...elsewhere]
}

function generatedSource(name: string, original: string): FidelitySource {
  return { name, original, kinds: ['explicit', 'stored'], ...headingOf(name) }
}

function sourceElsewhere(source: FidelitySource, section: string, store: StoreOptions): FidelitySource {
  return { ...source, name: `${section}: ${source.name}`, file: source.name, section, store }
}

/** The first folder of a name. */
function headingOf(name: string): { readonly section: string; readonly file: string } {
  const at = name.indexOf('/')
  return { section: at < 0 ? 'shared/dicom' : name.slice(0, at), file: name.slice(at + 1) }
}
