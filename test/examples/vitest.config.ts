import { defineConfig, mergeConfig } from 'vitest/config'
import { sharedTestConfig } from '../../vitest.shared.ts'

/** The examples, each by its start script. Needs a build. */
export default mergeConfig(
  sharedTestConfig,
  defineConfig({
    test: { dir: import.meta.dirname, include: ['*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
  }),
)
