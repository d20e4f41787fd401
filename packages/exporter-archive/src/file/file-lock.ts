import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { heldTokens, msUntilGone, OutputError, parseHolder, thisHolder } from '@ahi-dicom/export-files'
import { errorCodeOf, translated } from './file-error.ts'

/** The claim of a run on a file that it is about to write. */
export interface FileLock {
  /** @throws {OutputError} OUTPUT_LOST if another run has taken the claim */
  check(): Promise<void>
  release(): Promise<void>
}

/** The lock of a process that has ended may be there, and be replaced by another run at the same time. */
const mostAttempts = 8

/**
 * Claims a file, by a file beside it (`NAME.lock`). A claim of a process of this computer that has ended is taken over.
 * Messages call it `name`.
 *
 * @throws {OutputError} OUTPUT_LOCKED while another run has it
 */
export async function lockFile(path: string, name: string): Promise<FileLock> {
  const lockPath = `${path}.lock`
  const token = randomUUID()
  const text = JSON.stringify(await thisHolder(token))
  for (let attempt = 1; !(await translated('write', name, () => writeNew(lockPath, text))); attempt++) {
    const found = await readIfThere(lockPath)
    if (found === undefined) continue
    if (attempt === mostAttempts || !(await isGone(found))) throw locked(name, lockPath)
    await removeLock(lockPath, found)
  }
  heldTokens.add(token)
  const isOwn = async (): Promise<boolean> => (await readIfThere(lockPath)) === text
  return {
    async check() {
      if (await isOwn()) return
      const message = `Cannot write "${name}": another process has taken its lock; export again, or choose another name`
      throw new OutputError('OUTPUT_LOST', message, { path: name })
    },
    async release() {
      heldTokens.delete(token)
      if (await isOwn()) await rm(lockPath, { force: true })
    },
  }
}

/** Another run may have put its own lock in the place of that of the process that has ended: that one is put back. */
async function removeLock(path: string, content: string): Promise<void> {
  const moved = `${path}.${randomUUID()}`
  try {
    await rename(path, moved)
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return
    throw error
  }
  if ((await readIfThere(moved)) !== content) await link(moved, path).catch(() => undefined)
  await rm(moved, { force: true })
}

async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (errorCodeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function locked(name: string, lockPath: string): OutputError {
  const message =
    `Cannot write "${name}": another process writes it; wait until it has ended, or choose another name. ` +
    `If none does, remove "${lockPath}"`
  return new OutputError('OUTPUT_LOCKED', message, { path: name })
}

/** Processes of other computers cannot be asked: their locks are never taken over. */
async function isGone(content: string): Promise<boolean> {
  return (await msUntilGone(parseHolder(content), { expiryMs: Infinity, restartedMs: 0 })) === 0
}
