import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Returns a new empty folder. Disposing of it removes it with all files in it. */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'exporter-fs-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Returns the relative paths of all files below a folder, sorted. */
export function filesBelow(directory: string): readonly string[] {
  if (!existsSync(directory)) return []
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort()
}

/** Mounts a file system in memory. `size` has the format of mount(8), for example `1m`. `makeReadOnly` makes it read-only. */
export function mountTmpfs(path: string, size: string): Disposable & { makeReadOnly(): void } {
  mkdirSync(path, { recursive: true })
  mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path)
  return {
    makeReadOnly: () => mount('-o', 'remount,ro', path),
    [Symbol.dispose]: () => void execFileSync('umount', [path], { stdio: 'ignore' }),
  }
}

/** Returns the reason why {@link mountTmpfs} cannot be used, or undefined if it can. */
export function whyNoMount(): string | undefined {
  using directory = temporaryDirectory()
  try {
    mountTmpfs(directory.path, '64k')[Symbol.dispose]()
    return undefined
  } catch {
    if (process.env['CI'] !== undefined && process.getuid?.() === 0) throw new Error('CI runs as root but cannot mount')
    console.warn('Not tested on full and read-only file systems: mounting a tmpfs needs root')
    return 'skipped: mounting a tmpfs needs root'
  }
}

function mount(...args: readonly string[]): void {
  execFileSync('mount', args, { stdio: 'ignore' })
}
