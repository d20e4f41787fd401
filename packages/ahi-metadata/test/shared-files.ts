import { existsSync, readFileSync } from 'node:fs'

/** Real files beside the repository. Tests that need them are skipped if the folder does not exist. */
const SHARED = new URL('../../../../shared/', import.meta.url)

/** True, with a printed reason, if a shared file does not exist. */
export function withoutShared(path: string): boolean {
  const missing = !existsSync(new URL(path, SHARED))
  if (missing) console.warn(`skipped: the shared file ${path} is not here`)
  return missing
}

export function readShared(path: string): Uint8Array {
  return readFileSync(new URL(path, SHARED))
}
