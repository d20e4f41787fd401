import { defineConfig, mergeConfig } from 'vitest/config'
import { sharedTestConfig } from '../../vitest.shared.ts'

/** The code in documents: blocks of READMEs and guides, and examples of doc comments. */
export default mergeConfig(
  sharedTestConfig,
  defineConfig({
    test: { dir: import.meta.dirname, include: ['*.test.ts'], testTimeout: 300_000 },
  }),
)
