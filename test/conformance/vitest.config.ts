import { defineConfig, mergeConfig } from 'vitest/config'
import { sharedTestConfig } from '../../vitest.shared.ts'

/** The API as clients see it that are not ours: the emulator's, or with REMOTE=1 that of AWS. */
export default mergeConfig(
  sharedTestConfig,
  defineConfig({
    test: { dir: import.meta.dirname, include: ['*.test.ts'], testTimeout: 600_000, hookTimeout: 600_000 },
  }),
)
