import { recordMemory } from './record-memory.ts'

// All these tests once more, with everything in temporary databases.
recordMemory.bytes = 0
await import('./record.test.ts')
await import('./resume.test.ts')
await import('./flushing.test.ts')
await import('./image-sets.test.ts')
await import('./description.test.ts')
await import('./verify-export.test.ts')
