import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a Python script of this folder and returns its output. */
export async function runPython(script: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('python3', [fileURLToPath(new URL(script, import.meta.url)), ...args])
  return stdout
}
