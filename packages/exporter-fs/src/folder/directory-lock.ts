import { constants } from 'node:fs'
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { OutputError, recordNames } from '@ahi-dicom/export-files'
import type { RecordLock } from '@ahi-dicom/export-files'
import { errnoOf, outputError } from '../file/file-system-error.ts'
import { openPlainFile } from '../file/plain-file.ts'

interface Holder {
  readonly pid: number
  readonly hostname: string
  /** Tells a process from a later one with the same pid, where the system says when it started. */
  readonly startedAt: string
  /** Tells two locks of one process apart. */
  readonly token: string
}

/** Tokens of the locks that this process holds. */
const heldTokens = new Set<string>()

/**
 * Claims a folder for this process by a lock file in it. The lock of a process of this host that is gone is taken over.
 *
 * @throws {OutputError} OUTPUT_LOCKED while another export holds the folder
 */
export async function lockDirectory(directory: string): Promise<RecordLock> {
  const path = join(directory, recordNames.lock)
  const token = randomBytes(8).toString('hex')
  const content = JSON.stringify(await thisProcess(token))
  heldTokens.add(token)
  try {
    await claim(path, content)
  } catch (error) {
    heldTokens.delete(token)
    throw error instanceof OutputError ? error : outputError(error, 'lock folder', directory)
  }
  return {
    async release() {
      heldTokens.delete(token)
      await unlink(path).catch(() => undefined)
    },
  }
}

/** A lock comes into being whole, by a link, so that nobody reads half of one. */
async function claim(path: string, content: string): Promise<void> {
  const own = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(own, content, { flag: 'wx' })
    for (;;) {
      if (await linked(own, path, content)) return
      await removeStale(path)
    }
  } finally {
    await unlink(own).catch(() => undefined)
  }
}

/** False where there is a lock already. File systems without links get a plain new file. */
async function linked(own: string, path: string, content: string): Promise<boolean> {
  try {
    await link(own, path).catch((error: unknown) => {
      if (!withoutLinks.has(errnoOf(error) ?? '')) throw error
      return writeFile(path, content, { flag: 'wx' })
    })
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK'])

/** Moves the lock away before it is removed, and puts it back when it has become somebody else's in the meantime. */
async function removeStale(path: string): Promise<void> {
  const content = await contentOf(path)
  if (content === undefined) return
  const holder = parseHolder(content)
  if (holder === undefined || (await isAlive(holder))) throw locked(path, holder)
  const moved = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await rename(path, moved)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  const movedContent = await contentOf(moved)
  if (movedContent !== undefined && movedContent !== content) await linked(moved, path, movedContent)
  await unlink(moved)
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    await using handle = await openPlainFile(path, constants.O_RDONLY)
    return await handle.readFile('utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function parseHolder(content: string): Holder | undefined {
  try {
    const { pid, hostname, startedAt, token }: Partial<Holder> = JSON.parse(content)
    if (typeof pid !== 'number' || typeof hostname !== 'string') return undefined
    return { pid, hostname, startedAt: startedAt ?? '', token: token ?? '' }
  } catch {
    return undefined
  }
}

async function thisProcess(token: string): Promise<Holder> {
  return { pid: process.pid, hostname: hostname(), startedAt: (await startOf(process.pid)) ?? '', token }
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.hostname !== hostname()) return true
  if (holder.pid === process.pid) return heldTokens.has(holder.token)
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return errnoOf(error) !== 'ESRCH'
  }
  const startedAt = await startOf(holder.pid)
  return startedAt === undefined || holder.startedAt === '' || startedAt === holder.startedAt
}

/** Boot and start time of a process as Linux has them; `gone` for a zombie; undefined on other systems. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    const status = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'gone' : `${boot.trim()}:${fields[19] ?? ''}`
  } catch {
    return undefined
  }
}

function locked(path: string, holder: Holder | undefined): OutputError {
  const who = holder === undefined ? 'an unknown process' : `process ${holder.pid} on ${holder.hostname}`
  const message =
    `Cannot export into the folder of "${path}": ${who} is exporting into it; wait for it, ` +
    'or remove that file when no such process runs any more'
  return new OutputError('OUTPUT_LOCKED', message, { path })
}
