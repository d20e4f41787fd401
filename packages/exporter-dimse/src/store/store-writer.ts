import { setTimeout as delay } from 'node:timers/promises'
import {
  maskPath,
  OutputError,
  type DestinationAnswer,
  type FileWriter,
  type OutputFile,
  type PathMask,
  type WriteFileOptions,
} from '@ahi-dicom/export-files'
import { AssociationError } from '../association/association-error.ts'
import { peerName } from '../association/peer.ts'
import { createByteReader } from '../part10/byte-reader.ts'
import { readFileMeta } from '../part10/read-file-meta.ts'
import { createAssociationPool, type AssociationPoolOptions } from './association-pool.ts'
import { createGivenFile, type GivenFile, type KeptBytes } from './given-file.ts'
import { instanceError, lostError, peerError } from './output-errors.ts'
import { sendInstance } from './send-instance.ts'

/** Options of {@link createStoreWriter}. */
export interface StoreWriterOptions extends AssociationPoolOptions {
  /** Returns how messages show paths. Called when a file fails. */
  readonly mask: () => PathMask
}

/** Most bytes of an instance that are kept, to send it again if its association is lost. */
const mostKept = 8 << 20

/** After this many instances in a row lose all their associations, the peer counts as away. */
const mostLostInRow = 3

/** Creates the writer that sends instances to a peer by C-STORE. It cannot remove instances from the peer. */
export function createStoreWriter(options: StoreWriterOptions): FileWriter {
  const { peer, repeatDelaysMs, mask } = options
  const pool = createAssociationPool(options)
  /** Memory to reuse: collecting garbage of this size would cost more than the copies. */
  const unusedMemory: KeptBytes[] = []
  let lostInRow = 0

  /** Sends an instance over one association. */
  async function sendOnce(given: GivenFile, signal: AbortSignal): Promise<DestinationAnswer> {
    const reader = createByteReader(given.content())
    const meta = await readFileMeta(reader)
    const association = await pool.acquire(meta, signal).catch((error: unknown) => {
      throw peerError(error, peer)
    })
    const onAbort = (): void => association.abort()
    signal.addEventListener('abort', onAbort)
    try {
      return await sendInstance(association, meta, reader)
    } finally {
      signal.removeEventListener('abort', onAbort)
      pool.giveBack(association)
    }
  }

  /** Sends an instance. If an association is lost, sends it again over another one. */
  async function send(given: GivenFile, path: string, signal: AbortSignal): Promise<DestinationAnswer> {
    for (let repetition = 0; ; repetition++) {
      try {
        const answer = await sendOnce(given, signal)
        lostInRow = 0
        return answer
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof AssociationError)) throw error
        const delayMs = repeatDelaysMs[repetition]
        if (delayMs === undefined || !given.isRepeatable()) throw lost(error, path)
        await delay(delayMs, undefined, { signal })
      }
    }
  }

  function lost(error: AssociationError, path: string): unknown {
    lostInRow += 1
    return lostInRow >= mostLostInRow ? peerError(error, peer) : lostError(error, path)
  }

  async function write(file: OutputFile, { signal = neverAborted }: WriteFileOptions = {}) {
    const { path, mediaType, chunks } = file
    if (mediaType !== 'application/dicom') throw notDicom(peerName(peer))
    const memory = unusedMemory.pop() ?? { bytes: new Uint8Array(0) }
    const given = createGivenFile(chunks, { mostKept, memory })
    try {
      const answer = await send(given, maskPath(path, mask()), signal)
      return { path, ...given.digest(), answer }
    } catch (error) {
      signal.throwIfAborted()
      throw instanceError(error, maskPath(path, mask()))
    } finally {
      unusedMemory.push(memory)
      await given.close()
    }
  }

  return { write, async remove() {}, close: () => pool.close() }
}

const neverAborted = new AbortController().signal

function notDicom(name: string): OutputError {
  return new OutputError('OUTPUT_UNSUPPORTED', `Cannot write pictures or volumes to "${name}": ${noPictures}`, {
    path: name,
  })
}

/** Why files other than DICOM cannot be sent. */
export const noPictures = 'C-STORE sends only DICOM instances; export pictures and volumes into a folder'
