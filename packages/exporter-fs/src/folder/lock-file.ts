import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, rename, unlink } from 'node:fs/promises'
import { errnoOf } from '../file/file-system-error.ts'
import type { Modes } from '../file/modes.ts'
import { openPlainFile } from '../file/plain-file.ts'

/** A lock file at one moment. Its holder changes the modification time to renew it. */
export interface LockSnapshot {
  readonly content: string
  readonly modifiedNs: bigint
}

/**
 * Creates a lock file. Returns false if a lock exists already. The file is written under another name and linked, so that no
 * process reads half of it.
 */
export async function makeLockFile(path: string, content: string, modes: Modes): Promise<boolean> {
  const own = temporaryPathOf(path)
  try {
    await writeNew(own, content, modes)
    return await linkOrWrite(own, path, { content, modes })
  } finally {
    // If this file cannot be removed, it does no harm: its name belongs to the record.
    await unlink(own).catch(() => undefined)
  }
}

/**
 * Reads a lock file. Returns undefined if there is no lock. Opens the file, because `stat` on a network file system may
 * answer from a cache instead of asking the server.
 */
export async function readLockFile(path: string): Promise<LockSnapshot | undefined> {
  try {
    await using handle = await openPlainFile(path, constants.O_RDONLY)
    const { mtimeNs } = await handle.stat({ bigint: true })
    return { content: await handle.readFile('utf8'), modifiedNs: mtimeNs }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Sets the modification time of a lock file if `isOurs` accepts its content. Returns the content, or undefined without a lock. */
export async function renewLockFile(path: string, isOurs: (content: string) => boolean): Promise<string | undefined> {
  try {
    await using handle = await openPlainFile(path, constants.O_RDWR)
    const found = await handle.readFile('utf8')
    const now = new Date()
    if (isOurs(found)) await handle.utimes(now, now)
    return found
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Removes the lock that was seen. Moves the file away first, and puts it back if it is another lock by now. */
export async function removeLockFile(path: string, seen: LockSnapshot, modes: Modes): Promise<void> {
  const moved = temporaryPathOf(path)
  try {
    await rename(path, moved)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  const found = await readLockFile(moved)
  if (found !== undefined && !isSame(found, seen)) await linkOrWrite(moved, path, { content: found.content, modes })
  await unlink(moved)
}

/** Returns true if the lock was neither renewed nor replaced between two snapshots. */
export function isSame(one: LockSnapshot | undefined, other: LockSnapshot | undefined): boolean {
  return one?.content === other?.content && one?.modifiedNs === other?.modifiedNs
}

/** Links `own` to `path`. Returns false if `path` exists. On file systems without links, writes a new file instead. */
async function linkOrWrite(
  own: string,
  path: string,
  { content, modes }: { readonly content: string; readonly modes: Modes },
): Promise<boolean> {
  try {
    await link(own, path).catch((error: unknown) => {
      if (!withoutLinks.has(errnoOf(error) ?? '')) throw error
      return writeNew(path, content, modes)
    })
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

async function writeNew(path: string, content: string, { file, isExact }: Modes): Promise<void> {
  await using handle = await open(path, 'wx', file)
  if (isExact) await handle.chmod(file)
  await handle.writeFile(content)
}

const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK'])

function temporaryPathOf(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}`
}
