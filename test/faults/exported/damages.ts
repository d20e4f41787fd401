import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readManifest } from './manifest.ts'

/** Something that is done to an export. */
export interface Damage {
  readonly name: string
  /** Damages the export. Returns words. The report must contain one of them. */
  apply(folder: string): Promise<readonly string[]>
}

const manifestName = 'manifest.ndjson'
const summaryName = 'summary.json'

/** Damages that `verify` must report. */
export const damagesOfFiles: readonly Damage[] = [
  { name: 'a byte of a file is changed', apply: (folder) => damageFile(folder, changeByte) },
  { name: 'a file is truncated', apply: (folder) => damageFile(folder, (path) => truncate(path, 300)) },
  { name: 'a file is empty', apply: (folder) => damageFile(folder, (path) => truncate(path, 0)) },
  { name: 'a file is longer', apply: (folder) => damageFile(folder, (path) => appendFile(path, 'more')) },
  { name: 'a file is gone', apply: (folder) => damageFile(folder, (path) => rm(path)) },
  {
    name: 'a file has been added',
    async apply(folder) {
      await writeFile(join(folder, 'added.dcm'), 'added')
      return ['added.dcm']
    },
  },
]

/** Damages of the record that `verify` must report too. */
export const damagesOfRecord: readonly Damage[] = [
  { name: 'a line of the manifest is gone', apply: (folder) => damageManifest(folder, (lines) => lines.slice(1)) },
  { name: 'the manifest is torn', apply: (folder) => damageManifest(folder, tearLastLine) },
  { name: 'a digest in the manifest is changed', apply: (folder) => damageManifest(folder, changeDigest) },
  { name: 'the manifest is gone', apply: (folder) => removeRecord(folder, manifestName) },
  { name: 'the summary is gone', apply: (folder) => removeRecord(folder, summaryName) },
]

/** Changes one byte in the middle of a file. */
async function changeByte(path: string): Promise<void> {
  const bytes = await readFile(path)
  const middle = Math.floor(bytes.byteLength / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  await writeFile(path, bytes)
}

/** Damages the largest file of an export, which has pixels. */
export async function damageFile(folder: string, damage: (path: string) => Promise<void>): Promise<readonly string[]> {
  const [largest] = (await readManifest(folder)).toSorted((a, b) => b.bytes - a.bytes)
  if (largest === undefined) throw new Error(`${folder} holds nothing`)
  await damage(join(folder, largest.path))
  return [largest.path, largest.sopInstanceUid]
}

async function damageManifest(folder: string, change: (lines: string[]) => string[]): Promise<readonly string[]> {
  const path = join(folder, manifestName)
  const lines = (await readFile(path, 'utf8')).split('\n')
  await writeFile(path, change(lines).join('\n'))
  return [manifestName]
}

function tearLastLine(lines: string[]): string[] {
  const whole = lines.slice(0, -2)
  return [...whole, (lines.at(-2) ?? '').slice(0, 40)]
}

function changeDigest(lines: string[]): string[] {
  return lines.map((line, index) => (index === 0 ? line.replace(/"sha256":"./, '"sha256":"x') : line))
}

async function removeRecord(folder: string, name: string): Promise<readonly string[]> {
  await rm(join(folder, name))
  return [name]
}
