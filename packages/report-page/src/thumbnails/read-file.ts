import { OutputError, type Destination } from '@ahi-dicom/export-files'

/** A file that was read. */
export interface FileBytes {
  /** The file, or its beginning if it is too large. */
  readonly bytes: Uint8Array
  readonly isWhole: boolean
}

/** Options of {@link readFile}. */
export interface ReadFileOptions {
  /** Maximum bytes to read. */
  readonly mostBytes: number
  readonly signal?: AbortSignal | undefined
}

/** Reads a file into memory. Returns undefined if it is missing or cannot be read. `verify` reports the reason. */
export async function readFile(
  destination: Destination,
  path: string,
  { mostBytes, signal }: ReadFileOptions,
): Promise<FileBytes | undefined> {
  const parts: Uint8Array[] = []
  let byteLength = 0
  try {
    for await (const chunk of (await destination.read?.(path, { signal })) ?? []) {
      parts.push(chunk.slice(0, mostBytes - byteLength))
      byteLength += chunk.byteLength
      if (byteLength > mostBytes) break
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof OutputError || (error instanceof Error && 'code' in error)) return undefined
    throw error
  }
  return parts.length === 0 ? undefined : { bytes: Buffer.concat(parts), isWhole: byteLength <= mostBytes }
}
