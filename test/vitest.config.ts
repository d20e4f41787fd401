import { defineConfig, mergeConfig } from 'vitest/config'
import { sharedTestConfig } from '../vitest.shared.ts'

/** Tests of the repository as a whole. The interoperability tests have a script of their own. */
export default mergeConfig(
  sharedTestConfig,
  defineConfig({ test: { dir: import.meta.dirname, include: ['*.test.ts'] } }),
)
