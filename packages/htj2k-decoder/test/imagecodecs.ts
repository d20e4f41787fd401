import { spawnSync } from 'node:child_process'

/** Returns whether to skip tests that need imagecodecs. Never in CI, where it has to be there. */
export function withoutImagecodecs(): boolean {
  const isHere = spawnSync('python3', ['-c', 'import imagecodecs, numpy']).status === 0
  if (isHere || process.env['CI'] !== undefined) return false
  console.warn('skipped: python3 with imagecodecs is not here')
  return true
}
