import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { beforeAll } from 'vitest'

interface EmulatorAndFolder {
  readonly emulator: Emulator
  /** An empty folder for the tests' files. */
  readonly work: string
}

/** Starts an emulator and creates a folder before the tests of a `describe` block, and removes both afterwards. */
export function withEmulatorAndFolder(take: (made: EmulatorAndFolder) => void): void {
  beforeAll(async () => {
    const emulator = await startEmulator()
    const work = await mkdtemp(join(tmpdir(), 'ahi-emulator-test-'))
    take({ emulator, work })
    return async () => {
      await emulator.close()
      await rm(work, { recursive: true, force: true })
    }
  })
}
