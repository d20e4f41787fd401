import { fileURLToPath } from 'node:url'
import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

/** `module` leads to builds for bundlers, which Node itself cannot load: some of the AWS SDK's import without extensions. */
const nodeConditions = defaultServerConditions.filter((condition) => condition !== 'module')

/** Tests run on the sources of every package, so none has to be built first. */
export const sharedTestConfig = defineConfig({
  ssr: { resolve: { conditions: ['@ahi-dicom/source', ...nodeConditions] } },
  test: {
    // Threads that tests start load the same sources again and again: they take them compiled.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) },
    setupFiles: [fileURLToPath(new URL('vitest.setup.ts', import.meta.url))],
    // Files share the modules they load. A test that needs fresh ones asks for them with vi.resetModules().
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
