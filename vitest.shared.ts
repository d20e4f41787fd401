import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

/** Tests run on the sources of every package, so none has to be built first. */
export const sharedTestConfig = defineConfig({
  ssr: { resolve: { conditions: ['@ahi-dicom/source', ...defaultServerConditions] } },
  test: { testTimeout: 60_000, hookTimeout: 60_000 },
})
