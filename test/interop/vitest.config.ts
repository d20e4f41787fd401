import { defineConfig, mergeConfig } from 'vitest/config'
import { sharedTestConfig } from '../../vitest.shared.ts'

/** Round trips of real files, read back by programs that are not ours. */
export default mergeConfig(
  sharedTestConfig,
  defineConfig({
    test: { dir: import.meta.dirname, include: ['*.test.ts'], testTimeout: 600_000, hookTimeout: 600_000 },
  }),
)
