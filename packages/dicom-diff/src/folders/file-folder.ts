import type { ByteSource } from '@ahi-dicom/dicom-standard/reader'

/** A folder of files in any storage. */
export interface FileFolder {
  /** Name of the folder in messages. */
  readonly name: string
  /** Lists all files in the folder and its subfolders. */
  list(): AsyncIterable<FolderEntry> | Iterable<FolderEntry>
  /** Returns true if the folder has the record of an export, so that its files are not originals. Default: unknown. */
  isExport?(): Promise<boolean>
  /** Opens a listed file. */
  open(path: string): Promise<OpenFile>
}

/** A file of a {@link FileFolder}. */
export interface FolderEntry {
  /** Path relative to the folder, with forward slashes. */
  readonly path: string
  readonly byteLength: number
  /** True if it is a link. Links are left out. */
  readonly isLink?: boolean | undefined
}

/** An open file. */
export interface OpenFile extends ByteSource {
  close(): Promise<void>
}

/** Opens a file, runs a task with it, and closes it. */
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

/** Returns why a file cannot be read, without its path. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'UnreadableFileError') return error.message
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? `it cannot be read: ${code}` : 'it cannot be read'
}
