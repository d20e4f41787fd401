import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { OutputError } from '@ahi-dicom/export-files'
import { errorCodeOf, translated } from './file-error.ts'

/** The claim of a run on a file that it is about to write. */
export interface FileLock {
  /** @throws {OutputError} OUTPUT_LOST if another run has taken the claim */
  check(): Promise<void>
  release(): Promise<void>
}

/** Who holds a lock. */
interface Holder {
  readonly pid: number
  readonly hostname: string
  /** Boot and start of the process; empty where the system does not tell. */
  readonly startedAt: string
  /** Tells two locks of one process apart. */
  readonly token: string
}

/** The lock of a process that has ended may be there, and be replaced by another run at the same time. */
const mostAttempts = 8

/**
 * Claims a file, by a file beside it (`NAME.lock`). A claim of a process of this computer that has ended is taken over.
 *
 * @throws {OutputError} OUTPUT_LOCKED while another run has it
 */
export async function lockFile(path: string): Promise<FileLock> {
  const lockPath = `${path}.lock`
  const token = randomUUID()
  const own: Holder = { pid: process.pid, hostname: hostname(), startedAt: await startOf(process.pid), token }
  const text = JSON.stringify(own)
  for (let attempt = 1; !(await translated('write', path, () => writeNew(lockPath, text))); attempt++) {
    const found = await readIfThere(lockPath)
    if (found === undefined) continue
    if (attempt === mostAttempts || !(await isGone(found))) throw locked(path, lockPath)
    await removeLock(lockPath, found)
  }
  const isOwn = async (): Promise<boolean> => (await readIfThere(lockPath)) === text
  return {
    async check() {
      if (await isOwn()) return
      const message = `Cannot write "${path}": another process has taken its lock; export again, or choose another name`
      throw new OutputError('OUTPUT_LOST', message, { path })
    },
    async release() {
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

function locked(path: string, lockPath: string): OutputError {
  const message =
    `Cannot write "${path}": another process writes it; wait until it has ended, or choose another name. ` +
    `If none does, remove "${lockPath}"`
  return new OutputError('OUTPUT_LOCKED', message, { path })
}

/** Processes of other computers cannot be asked. */
async function isGone(content: string): Promise<boolean> {
  const holder = parseHolder(content)
  if (holder === undefined || holder.hostname !== hostname()) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return errorCodeOf(error) === 'ESRCH'
  }
  const startedAt = await startOf(holder.pid)
  return holder.startedAt !== '' && startedAt !== '' && startedAt !== holder.startedAt
}

function parseHolder(content: string): Holder | undefined {
  try {
    const { pid, hostname, startedAt, token }: { readonly [Name in keyof Holder]?: unknown } = JSON.parse(content)
    const isProcess = typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && pid < 2 ** 31
    if (!isProcess || typeof hostname !== 'string') return undefined
    return { pid, hostname, startedAt: textOf(startedAt), token: textOf(token) }
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Boot and start of a process as Linux tells them: numbers of processes are used again. */
async function startOf(pid: number): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    const status = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'gone' : `${boot.trim()}:${fields[19] ?? ''}`
  } catch {
    return ''
  }
}
