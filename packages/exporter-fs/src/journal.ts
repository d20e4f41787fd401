import { stat, unlink } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { openAppendLog } from './append-log.ts'
import type { AppendLog } from './append-log.ts'
import { errnoOf } from './file-system-error.ts'
import type { FrameSelection } from './frame-selection.ts'
import { stemOf } from './file-names.ts'
import { MANIFEST_NAME, parseManifestLine } from './manifest.ts'
import type { JournaledFile } from './manifest.ts'
import { mapConcurrently } from './map-concurrently.ts'
import { createPathOwners } from './path-owners.ts'
import type { PathOwners } from './path-owners.ts'
import { readLines } from './read-lines.ts'
import { walkFiles } from './walk-files.ts'
import { TEMPORARY_NAME } from './write-atomically.ts'
import { createWrittenIndex } from './written-index.ts'
import type { WrittenIndex } from './written-index.ts'

/** A manifest open for more, with what it says is done. */
export interface Journal {
  readonly log: AppendLog
  readonly written: WrittenIndex
  readonly owners: PathOwners
}

/** Starts a manifest afresh, for pictures of these frames; one that is there is emptied. */
export async function startJournal(directory: string, frames: FrameSelection): Promise<Journal> {
  const log = await openAppendLog(join(directory, MANIFEST_NAME), 0)
  return { log, written: createWrittenIndex(frames), owners: createPathOwners() }
}

/**
 * Takes up the manifest of an earlier run. A last line that its writer did not finish is cut off; files that are no longer
 * there, not of the size noted, or lack something of their instance, count as not written.
 */
export async function resumeJournal(directory: string, frames: FrameSelection): Promise<Journal> {
  const { files, endOffset } = await readManifest(join(directory, MANIFEST_NAME))
  const written = createWrittenIndex(frames)
  const owners = createPathOwners()
  for (const file of files) owners.claim(stemOf(file.path, file.format, file.frames), file)
  for await (const { file, isThere } of mapConcurrently(files, STATS_UNDER_WAY, (file) => findFile(directory, file))) {
    if (isThere && file.hasLoss !== true) written.add(file)
  }
  return { log: await openAppendLog(join(directory, MANIFEST_NAME), endOffset), written, owners }
}

/** Removes what an earlier run was writing when it was stopped. */
export async function removeUnfinished(directory: string): Promise<void> {
  for await (const path of walkFiles(directory)) {
    if (TEMPORARY_NAME.test(path.slice(path.lastIndexOf('/') + 1))) await unlink(join(directory, path))
  }
}

/** Whether a path of a manifest stays in the folder of the manifest. */
export function isInside(directory: string, path: string): boolean {
  return resolve(directory, path).startsWith(resolve(directory) + sep)
}

const STATS_UNDER_WAY = 16

interface ManifestContent {
  /** The last line of each path. */
  readonly files: readonly JournaledFile[]
  /** Where the last finished line ends. */
  readonly endOffset: number
}

async function readManifest(path: string): Promise<ManifestContent> {
  const filesByPath = new Map<string, JournaledFile>()
  let endOffset = 0
  try {
    for await (const line of readLines(path)) {
      if (!line.isComplete) continue
      endOffset = line.endOffset
      const file = parseManifestLine(line.text)
      if (file !== undefined) filesByPath.set(file.path, file)
    }
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
  return { files: [...filesByPath.values()], endOffset }
}

async function findFile(directory: string, file: JournaledFile): Promise<{ file: JournaledFile; isThere: boolean }> {
  if (!isInside(directory, file.path)) return { file, isThere: false }
  const found = await stat(join(directory, file.path)).catch(() => undefined)
  return { file, isThere: found?.isFile() === true && found.size === file.bytes }
}
