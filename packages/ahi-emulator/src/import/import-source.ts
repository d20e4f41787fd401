import { open } from 'node:fs/promises'
import { hasPart10Prefix, part10PrefixLength } from '@ahi-dicom/dicom-standard/part10'
import { UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'
import { findFiles } from '../files/find-files.ts'
import { readWholeFile } from '../files/read-whole-file.ts'

/** One file to import. */
export interface ImportSource {
  /** Path of the file, or `#3` for the third of given bytes. */
  readonly name: string
  /** @throws {UnreadableFileError} for what is too large, or no DICOM file by its first bytes */
  read(): Promise<Uint8Array>
}

/** What can be imported: paths of files and folders, or Part 10 files as bytes. */
export type ImportInput = string | readonly string[] | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** Of one file (developer guide, "Endpoints and quotas"). */
export const largestFile: number = 4 * 2 ** 30

/** Lists what an import reads, lazily. */
export async function* importSources(input: ImportInput): AsyncGenerator<ImportSource> {
  if (typeof input === 'string') {
    yield* fileSources([input])
    return
  }
  let count = 0
  for await (const item of input) {
    count += 1
    if (typeof item === 'string') yield* fileSources([item])
    else yield { name: `#${count}`, read: () => Promise.resolve(item) }
  }
}

async function* fileSources(paths: readonly string[]): AsyncGenerator<ImportSource> {
  for await (const path of findFiles(paths)) yield { name: path, read: () => readDicomFile(path) }
}

/** Looks at the first bytes before it reads the rest, so that a large file of another kind costs nothing. */
async function readDicomFile(path: string): Promise<Uint8Array> {
  await using file = await open(path, 'r')
  const prefix = Buffer.alloc(part10PrefixLength)
  await file.read(prefix, 0, part10PrefixLength, 0)
  if (!hasPart10Prefix(prefix)) return prefix
  const { size } = await file.stat()
  if (size > largestFile) throw new UnreadableFileError('The file has more than 4 GB')
  return readWholeFile(path)
}
