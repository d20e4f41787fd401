import { spawnSync } from 'node:child_process'

/** Returns true to skip tests that need imagecodecs. In CI, where it must exist, it throws instead. */
export function withoutImagecodecs(): boolean {
  const isHere = spawnSync('python3', ['-c', 'import imagecodecs, numpy']).status === 0
  if (isHere || process.env['CI'] !== undefined) return false
  console.warn('skipped: python3 with imagecodecs is not here')
  return true
}
