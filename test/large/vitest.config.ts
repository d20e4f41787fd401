import { defineConfig, mergeConfig } from 'vitest/config'
import { sharedTestConfig } from '../../vitest.shared.ts'

/** Objects larger than memory allowed, through the built command. Needs a build, and disk space for the largest of them. */
export default mergeConfig(
  sharedTestConfig,
  defineConfig({
    test: {
      dir: import.meta.dirname,
      include: ['*.test.ts'],
      fileParallelism: false,
      testTimeout: 600_000,
      hookTimeout: 600_000,
    },
  }),
)
