import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The folder with real files. It is not part of the repository. */
const sharedFolder = fileURLToPath(new URL('../../../../../shared/', import.meta.url))

/** Returns a path in the shared folder, or `undefined` if it does not exist. Its tests are then skipped, even in CI. */
export function sharedPath(path: string): string | undefined {
  const found = join(sharedFolder, path)
  if (existsSync(found)) return found
  console.warn(`skipped: shared/${path} is not here`)
  return undefined
}

/** Returns all files in a folder, in the order of their paths. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Returns true if python3 has the modules. Otherwise prints that tests are skipped, and in CI throws. */
export function hasPython(...modules: readonly string[]): boolean {
  const { status } = spawnSync('python3', ['-c', modules.map((name) => `import ${name}`).join('\n')])
  return isAvailable(`python3 with ${modules.join(', ')}`, status === 0)
}

/** Returns true if a command runs. Otherwise prints that tests are skipped, and in CI throws. */
export function hasCommand(command: string, ...args: readonly string[]): boolean {
  return isAvailable(command, spawnSync(command, args).error === undefined)
}

/** Runs a command. Returns its standard error. */
export function standardErrorOf(command: string, ...args: readonly string[]): string {
  return spawnSync(command, args, { encoding: 'latin1' }).stderr
}

/**
 * Runs a script in `test/python`, and returns its output parsed as JSON. Does not block the event loop, because the
 * script may be a client of this process.
 */
export async function runPython(
  script: string,
  options: { readonly args?: readonly string[]; readonly input?: unknown; readonly environment?: NodeJS.ProcessEnv },
): Promise<unknown> {
  const path = fileURLToPath(new URL(`../python/${script}`, import.meta.url))
  const running = promisify(execFile)('python3', [path, ...(options.args ?? [])], {
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...options.environment },
  })
  running.child.stdin?.end(JSON.stringify(options.input ?? null))
  const { stdout } = await running
  return JSON.parse(stdout)
}

function isAvailable(what: string, isThere: boolean): boolean {
  if (isThere) return true
  if (process.env['CI'] !== undefined) throw new Error(`Cannot run these tests without ${what}`)
  console.warn(`skipped: ${what} is not available`)
  return false
}
