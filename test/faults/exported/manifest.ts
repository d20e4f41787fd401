import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A line of the manifest about a file. */
export interface FileEntry extends Readonly<Record<string, unknown>> {
  readonly path: string
  readonly sopInstanceUid: string
  readonly checksum: string
  readonly bytes: number
}

/** Reads the files that the whole lines of a manifest record. Empty if there is no manifest. */
export async function readManifest(folder: string): Promise<readonly FileEntry[]> {
  return (await readManifestLines(folder)).map(({ entry }) => entry)
}

/** Reads the files that a manifest records, with the byte behind the line of each. */
export async function readManifestLines(
  folder: string,
): Promise<readonly { readonly entry: FileEntry; readonly end: number }[]> {
  const bytes = await readFile(join(folder, 'manifest.ndjson')).catch(() => Buffer.alloc(0))
  const files = new Map<string, { readonly entry: FileEntry; readonly end: number }>()
  let start = 0
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    const entry = parseLine(bytes.subarray(start, end).toString())
    start = end + 1
    if (entry === undefined) continue
    if ('removed' in entry) files.delete(entry.path)
    else if (typeof entry['sopInstanceUid'] === 'string') files.set(entry.path, { entry, end: start })
  }
  return [...files.values()]
}

/** Returns undefined for a line that is torn, or about something else than a file. */
function parseLine(text: string): FileEntry | undefined {
  try {
    const value: FileEntry = JSON.parse(text)
    return typeof value.path === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
