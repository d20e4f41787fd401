import type { FileWriter } from '@ahi-dicom/exporter'
import { createFileWriter as createFolderWriter } from '@ahi-dicom/exporter-fs/lane'
import { commit, commitNow, type LaneFault } from './fault.ts'

/** Options of {@link createFileWriter}. */
export interface FaultyDestinationOptions {
  readonly directory: string
  /** Path of the file that triggers the fault. */
  readonly victim?: string | undefined
  readonly stage?: 'before' | 'within' | 'behind' | 'closing' | undefined
  readonly fault?: LaneFault | undefined
}

/** Creates a writer for a folder that crashes its lane before, while or after it writes a file. Called by lanes. */
export function createFileWriter(options: FaultyDestinationOptions): FileWriter {
  const { directory, victim, stage, fault } = options
  const writer = createFolderWriter({ directory })

  async function commitAt(at: FaultyDestinationOptions['stage']): Promise<void> {
    if (at === stage && fault !== undefined) await commit(fault)
  }

  return {
    ...writer,
    async write(file, writing) {
      const isVictim = file.path === victim
      if (isVictim) await commitAt('before')
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for await (const chunk of file.chunks) {
          yield chunk
          if (isVictim && stage === 'within' && fault !== undefined) commitNow(fault)
        }
      }
      const stored = await writer.write({ ...file, chunks: chunks() }, writing)
      if (isVictim) await commitAt('behind')
      return stored
    },
    async close() {
      await writer.close()
      if (stage === 'closing') throw new Error('Cannot close')
    },
  }
}
