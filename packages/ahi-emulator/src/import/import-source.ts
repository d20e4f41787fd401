import { open } from 'node:fs/promises'
import { hasPart10Prefix, part10PrefixLength } from '@ahi-dicom/dicom-standard/part10'
import { UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'
import { findFiles } from '../files/find-files.ts'
import { readWholeFile } from '../files/read-whole-file.ts'

/** A file to import. */
export interface ImportSource {
  /** Path of the file, or its number in the input, such as `#3`, if it was given as bytes. */
  readonly name: string
  /**
   * Reads the file. May return only the first bytes of a file that is not Part 10.
   * @throws {UnreadableFileError} if the file is too large
   */
  read(): Promise<Uint8Array>
}

/** Input of an import: paths of files and folders, or the bytes of Part 10 files. */
export type ImportInput = string | readonly string[] | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** Most bytes of one file (developer guide, "Endpoints and quotas"). */
export const largestFile: number = 4 * 2 ** 30

/** Yields the files of an import, lazily. */
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

/**
 * Reads a file. If it does not begin like a Part 10 file, only its first bytes are read, so large files of other kinds
 * cost nothing.
 */
async function readDicomFile(path: string): Promise<Uint8Array> {
  await using file = await open(path, 'r')
  const prefix = Buffer.alloc(part10PrefixLength)
  await file.read(prefix, 0, part10PrefixLength, 0)
  if (!hasPart10Prefix(prefix)) return prefix
  const { size } = await file.stat()
  if (size > largestFile) throw new UnreadableFileError('The file is larger than 4 GB')
  return readWholeFile(path)
}
