import { createRequire } from 'node:module'

/** Returns dcmjs, which the caller installs. Throws the error of Node.js if it cannot be loaded. */
export function loadDcmjs(): unknown {
  return createRequire(import.meta.url)('dcmjs')
}
