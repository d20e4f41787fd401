import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { readManifest } from './manifest.ts'

/** Content of an export in a comparable form. */
export interface ExportContent {
  /** SHA-256 of each file by its path. The record is not among them. */
  readonly files: ReadonlyMap<string, string>
  /** Entries of the manifest about files, by path. */
  readonly entries: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

/** Folder of the product's own files below an export. */
const ownFolder = '.ahi-dicom'

/** Reads the files of an export and its manifest. */
export async function readExport(folder: string): Promise<ExportContent> {
  const files = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name))
    if (!entry.isFile() || entry.parentPath === folder || path.startsWith(ownFolder)) continue
    files.set(
      path,
      createHash('sha256')
        .update(await readFile(join(folder, path)))
        .digest('hex'),
    )
  }
  const entries = new Map((await readManifest(folder)).map((entry) => [entry.path, entry]))
  return { files, entries }
}

/** Returns what differs between two exports, a line each. */
export function differences(a: ExportContent, b: ExportContent): string[] {
  return (['files', 'entries'] as const).flatMap((part) =>
    [...new Set([...a[part].keys(), ...b[part].keys()])]
      .filter((path) => !isDeepStrictEqual(a[part].get(path), b[part].get(path)))
      .map((path) => `${part} ${path}`),
  )
}
