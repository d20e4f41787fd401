import { existsSync, readFileSync } from 'node:fs'

/** Real material that lies beside the repository where it is developed; elsewhere its tests are skipped. */
const SHARED = new URL('../../../../shared/', import.meta.url)

/** Why tests on the shared files are skipped, or `false` where they can run. */
export function withoutShared(path: string): boolean {
  const missing = !existsSync(new URL(path, SHARED))
  if (missing) console.warn(`skipped: the shared file ${path} is not here`)
  return missing
}

export function readShared(path: string): Uint8Array {
  return readFileSync(new URL(path, SHARED))
}
