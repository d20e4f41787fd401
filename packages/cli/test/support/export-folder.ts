import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Creates a folder that is removed at the end of the test. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-cli-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Reads a file of JSON lines. */
export async function readJsonLines(path: string): Promise<Record<string, unknown>[]> {
  return parseJsonLines(await readFile(path, 'utf8'))
}

/** Reads the manifest's lines about files. Its other lines are about jobs and finished image sets. */
export async function readManifestFiles(folder: string): Promise<Record<string, unknown>[]> {
  return (await readJsonLines(join(folder, 'manifest.ndjson'))).filter((line) => 'path' in line)
}

/** Parses JSON lines. Each must be an object. */
export function parseJsonLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line): Record<string, unknown> => {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null) throw new TypeError(`no object: ${line}`)
    return { ...value }
  })
}

/** Lists the files of an export without its record. Returns contents that can be compared. */
export async function readExport(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && entry.parentPath !== folder)
      files.set(path.slice(folder.length + 1), await readFile(path, 'base64'))
  }
  return files
}
