import { readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readManifestLines, type FileEntry } from './manifest.ts'

/** An export after a power cut. */
export interface AfterPowerCut {
  /** Instances whose files were flushed and are whole. */
  readonly flushed: ReadonlySet<string>
  /** Files that the cut took bytes of. */
  readonly damaged: number
}

/**
 * Does to an export what a power cut does: files that are not noted as flushed are empty or half there, and the end of the
 * manifest is missing or zeros.
 */
export async function cutPower(folder: string): Promise<AfterPowerCut> {
  const flushedBytes = await readFlushedBytes(folder)
  const lines = await readManifestLines(folder)
  const unflushed = lines.filter(({ end }) => end > flushedBytes)
  for (const { entry } of unflushed) await damage(join(folder, entry.path))
  await damageManifest(join(folder, 'manifest.ndjson'), flushedBytes)
  const flushed = new Set<string>()
  for (const { entry, end } of lines) {
    if (end <= flushedBytes && (await isWhole(folder, entry))) flushed.add(entry.sopInstanceUid)
  }
  return { flushed, damaged: unflushed.length }
}

/** A cut before may have damaged it, and the kill may have come before it was written again. Its old line stays. */
async function isWhole(folder: string, { path, bytes }: FileEntry): Promise<boolean> {
  return await stat(join(folder, path)).then(
    ({ size }) => size === bytes,
    () => false,
  )
}

/** Without a note, the run was killed before it had recorded anything. */
async function readFlushedBytes(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'flushed.json'), 'utf8').catch(() => '{}')
  const { manifestBytes = 0 }: { manifestBytes?: number } = JSON.parse(text)
  return manifestBytes
}

async function damage(path: string): Promise<void> {
  const { size } = await stat(path)
  await truncate(path, Math.random() < 0.5 ? 0 : Math.floor(size / 2))
}

async function damageManifest(path: string, flushedBytes: number): Promise<void> {
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined) return
  const from = flushedBytes + Math.floor(Math.random() * (bytes.byteLength - flushedBytes))
  const way = Math.floor(Math.random() * 3)
  if (way === 0) await truncate(path, from)
  else if (way === 1) await writeFile(path, bytes.fill(0, from))
}
