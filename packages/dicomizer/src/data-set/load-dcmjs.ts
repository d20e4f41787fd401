import { createRequire } from 'node:module'

/** Loads dcmjs, which the caller installs. Throws what Node.js does where it cannot. */
export function loadDcmjs(): unknown {
  return createRequire(import.meta.url)('dcmjs')
}
