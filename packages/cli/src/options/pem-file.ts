import { readFile } from 'node:fs/promises'
import { UsageError } from '../errors.ts'

/**
 * Reads the PEM file of an option. Returns undefined if the option is not given.
 * @throws {UsageError} for a file that cannot be read
 */
export async function readPem(path: string | undefined, option: string): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new UsageError(`Cannot read the file of ${option}: ${code}`, { cause })
  }
}
