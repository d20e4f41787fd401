import type { ByteSource } from '@ahi-dicom/dicom-standard/reader'

/** A folder of files, wherever it lies. */
export interface FileFolder {
  /** What messages call it. */
  readonly name: string
  /** All files below it. */
  list(): AsyncIterable<FolderEntry> | Iterable<FolderEntry>
  /** Returns whether the folder has the record of an export, so that its files are not the originals. Default: not known. */
  isExport?(): Promise<boolean>
  /** Opens a file that was listed. */
  open(path: string): Promise<OpenFile>
}

/** A file of a {@link FileFolder}. */
export interface FolderEntry {
  /** Relative to the folder, with forward slashes. */
  readonly path: string
  readonly byteLength: number
  /** Whether it is a link. Links are left out. */
  readonly isLink?: boolean | undefined
}

/** A file that is open. */
export interface OpenFile extends ByteSource {
  close(): Promise<void>
}

/** Opens a file for the time of a task. */
export async function withFile<Result>(
  folder: FileFolder,
  path: string,
  task: (file: ByteSource) => Promise<Result>,
): Promise<Result> {
  const file = await folder.open(path)
  try {
    return await task(file)
  } finally {
    await file.close()
  }
}

/** Says why a file cannot be read, without its path. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'UnreadableFileError') return error.message
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? `it cannot be read: ${code}` : 'it cannot be read'
}
