import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a module in a separate Node.js process, on the sources of the packages, and returns its output. */
export async function printedBy(module: string): Promise<string> {
  const parameters = ['--conditions=@ahi-dicom/source', '--input-type=module', '--eval', module]
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const env = { ...process.env, FORCE_COLOR: '0' }
  const { stdout } = await run(process.execPath, parameters, { cwd, env, timeout: 50_000 })
  return stdout
}
