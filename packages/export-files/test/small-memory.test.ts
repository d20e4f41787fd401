import { afterAll, vi } from 'vitest'

// Runs these tests again, with all indexes in temporary databases.
vi.resetModules()
const { recordMemory } = await import('./record-memory.ts')
recordMemory.bytes = 0
await import('./record.test.ts')
await import('./resume.test.ts')
await import('./flushing.test.ts')
await import('./image-sets.test.ts')
await import('./description.test.ts')
await import('./verify-export.test.ts')
await import('./dicomdir.test.ts')
await import('./merge-records.test.ts')
afterAll(() => {
  vi.resetModules()
})
