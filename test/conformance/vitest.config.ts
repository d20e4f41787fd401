import { defineConfig, mergeConfig } from 'vitest/config'
import { sharedTestConfig } from '../../vitest.shared.ts'

/** Tests the API with independent clients: the emulator's API, or the API of AWS with REMOTE=1. */
export default mergeConfig(
  sharedTestConfig,
  defineConfig({
    test: { dir: import.meta.dirname, include: ['*.test.ts'], testTimeout: 600_000, hookTimeout: 600_000 },
  }),
)
