import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** The process that holds a lock. */
export interface LockHolder {
  readonly pid: number
  readonly hostname: string
  /** Boot id of the system and start time of the process as `BOOT:START`. Empty on systems other than Linux. */
  readonly startedAt: string
  /** PID namespace of `pid`; each container has its own. Empty on systems other than Linux. */
  readonly pidNamespace: string
  /** Distinguishes the locks of one process. */
  readonly token: string
}

/** Tokens of the locks that this process holds. */
export const heldTokens: Set<string> = new Set<string>()

/** Times after which a lock that is not renewed counts as left behind, in milliseconds. */
export interface LockExpiry {
  readonly expiryMs: number
  /**
   * Shorter time for a lock that was most likely left behind: its host name is the same, but the boot id differs. Must
   * be long enough for another host of the same name to renew its lock.
   */
  readonly restartedMs: number
}

/**
 * Returns the content of a lock of this process.
 *
 * @example
 * import { thisHolder } from '@ahi-dicom/export-files'
 *
 * const { pid, token } = await thisHolder('a token')
 * console.log(pid === process.pid, token) // true a token
 */
export async function thisHolder(token: string): Promise<LockHolder> {
  const [startedAt, pidNamespace] = await Promise.all([startOf(process.pid), namespaceOfPids()])
  return { pid: process.pid, hostname: hostname(), startedAt: startedAt ?? '', pidNamespace, token }
}

/**
 * Parses the content of a lock. Returns undefined if it is not a lock, or is damaged by a crash.
 *
 * @example
 * import { parseHolder, thisHolder } from '@ahi-dicom/export-files'
 *
 * const content = JSON.stringify(await thisHolder('a token'))
 * console.log(parseHolder(content)?.pid === process.pid) // true
 */
export function parseHolder(content: string): LockHolder | undefined {
  try {
    const { pid, hostname, startedAt, pidNamespace, token }: { readonly [Name in keyof LockHolder]?: unknown } =
      JSON.parse(content)
    if (!isProcessId(pid) || typeof hostname !== 'string') return undefined
    return { pid, hostname, startedAt: textOf(startedAt), pidNamespace: textOf(pidNamespace), token: textOf(token) }
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Returns true for positive process ids. A signal to 0 or a negative id goes to a group of processes. */
function isProcessId(pid: unknown): pid is number {
  return typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && pid < 2 ** 31
}

/**
 * Returns how many milliseconds a lock must stay unchanged until its holder counts as dead: 0 for a process of this
 * system that has ended, Infinity for one that runs. Processes of other systems cannot be checked, and their clocks may
 * differ, so only changes of the lock count.
 *
 * @example
 * import { msUntilGone, thisHolder } from '@ahi-dicom/export-files'
 *
 * const holder = await thisHolder('a token')
 * console.log(await msUntilGone(holder, { expiryMs: 60_000, restartedMs: 0 }))
 */
export async function msUntilGone(
  holder: LockHolder | undefined,
  { expiryMs, restartedMs }: LockExpiry,
): Promise<number> {
  if (holder === undefined) return expiryMs
  const own = await thisHolder('')
  const [boot, ownBoot] = [bootOf(holder), bootOf(own)]
  const hasOtherBoot = boot !== '' && ownBoot !== '' && boot !== ownBoot
  const isSameSystem = boot !== '' && boot === ownBoot && holder.pidNamespace === own.pidNamespace
  if (holder.hostname !== own.hostname && !isSameSystem) return expiryMs
  if (hasOtherBoot) return restartedMs
  if (holder.pidNamespace !== '' && holder.pidNamespace !== own.pidNamespace) return expiryMs
  if (holder.pid === own.pid) return msOfThisProcess(holder, own, restartedMs)
  return (await isRunning(holder)) ? Infinity : 0
}

/**
 * Handles a lock with the id of this process. Another thread or another copy of this module may hold it, with its own
 * tokens.
 */
function msOfThisProcess({ token, startedAt }: LockHolder, own: LockHolder, restartedMs: number): number {
  if (heldTokens.has(token)) return Infinity
  return startedAt !== '' && startedAt === own.startedAt ? restartedMs : 0
}

function bootOf({ startedAt }: LockHolder): string {
  return startedAt.slice(0, Math.max(0, startedAt.lastIndexOf(':')))
}

async function isRunning(holder: LockHolder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
  const startedAt = await startOf(holder.pid)
  return startedAt === undefined || holder.startedAt === '' || startedAt === holder.startedAt
}

/** Returns boot id and start time of a process on Linux, `gone` for a zombie, and undefined on other systems. */
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

async function namespaceOfPids(): Promise<string> {
  return await readlink('/proc/self/ns/pid').catch(() => '')
}
