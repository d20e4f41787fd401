import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { heldTokens, msUntilGone, OutputError, parseHolder, thisHolder } from '@ahi-dicom/export-files'
import { errorCodeOf, translated } from './file-error.ts'

/** The lock of a run on the file that it writes. */
export interface FileLock {
  /** @throws {OutputError} OUTPUT_LOST if another run has taken the lock */
  check(): Promise<void>
  release(): Promise<void>
}

/** Attempts to get a lock. Another run may take the lock while this run removes the lock of a dead process. */
const mostAttempts = 8

/**
 * Locks a file by creating `PATH.lock` beside it. If the lock belongs to a process of this computer that has ended, it is
 * taken over. Error messages name the file by `name`.
 *
 * @throws {OutputError} OUTPUT_LOCKED while another run has the lock
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

/** Removes the lock of a dead process. If another run has replaced it with its own lock in between, puts that lock back. */
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
    `If no process writes it, remove "${lockPath}"`
  return new OutputError('OUTPUT_LOCKED', message, { path: name })
}

/** Returns whether the process that holds a lock has ended. False for processes of other computers, which cannot be checked. */
async function isGone(content: string): Promise<boolean> {
  return (await msUntilGone(parseHolder(content), { expiryMs: Infinity, restartedMs: 0 })) === 0
}
