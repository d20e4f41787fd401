import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vitest/config'
import { sharedTestConfig } from '../../vitest.shared.ts'

/** The packages as a user gets them: packed, and installed somewhere else. Needs a build and the registry. */
export default mergeConfig(
  sharedTestConfig,
  defineConfig({
    test: {
      dir: import.meta.dirname,
      include: ['*.test.ts'],
      globalSetup: fileURLToPath(new URL('pack-packages.ts', import.meta.url)),
      maxConcurrency: availableParallelism(),
      testTimeout: 300_000,
      hookTimeout: 300_000,
    },
  }),
)
