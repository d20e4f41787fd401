import { memoryRecord, type Destination, type PathMask } from '@ahi-dicom/export-files'
import { peerName } from '../association/peer.ts'
import { createCountMemory, createOpenCount } from '../store/open-count.ts'
import { peerError } from '../store/output-errors.ts'
import { createStoreWriter, noPictures } from '../store/store-writer.ts'
import { checkPeer } from './check-peer.ts'
import type { DimseDestinationOptions } from './options.ts'
import { peerOfOptions, requireInteger } from './peer-of-options.ts'

const defaultAssociations = 2
const mostAssociations = 64
const defaultRepeatDelaysMs = [200, 2000]

/**
 * Creates a destination that sends instances by C-STORE to a DICOM application entity, such as a PACS. Sent instances
 * cannot be read back, listed or removed.
 *
 * @throws {TypeError} if an option is invalid
 * @example
 * import { dimseDestination } from '@ahi-dicom/exporter-dimse'
 *
 * const destination = dimseDestination({ host: 'pacs.example', port: 11112, calledAeTitle: 'ARCHIVE' })
 * const { outcome } = await exporter.exportTo({ datastoreId, selectors: 'all', destination })
 * console.log(outcome)
 */
export function dimseDestination(options: DimseDestinationOptions): Destination {
  const { associations = defaultAssociations, repeatDelaysMs = defaultRepeatDelaysMs, record } = options
  requireInteger('associations', associations, { least: 1, most: mostAssociations })
  const peer = peerOfOptions(options)
  const name = peerName(peer)
  const countMemory = createCountMemory()
  const shared = { peer, associations, repeatDelaysMs }
  let mask: PathMask = []
  const writer = createStoreWriter({ ...shared, openCount: createOpenCount(countMemory), mask: () => mask })
  return {
    ...writer,
    name,
    recordedAs: name,
    async open(options = {}) {
      mask = options.mask ?? []
    },
    async check({ signal = new AbortController().signal } = {}) {
      try {
        return await checkPeer(peer, signal)
      } catch (error) {
        signal.throwIfAborted()
        throw peerError(error, peer)
      }
    },
    cannot: {
      ...(record === undefined && { resume: noRecord }),
      sync: 'the instances at a peer can neither be listed nor removed; export the same selection again',
      verify: 'sent instances cannot be read back; the record has the answer of the peer to each instance',
      pictures: noPictures,
      dicomdir: 'C-STORE sends only instances; export into a folder',
    },
    record: record ?? memoryRecord(),
    get lane() {
      const options = { ...shared, countMemory, ...(mask.length > 0 && { mask }) }
      return { module: import.meta.resolve('@ahi-dicom/exporter-dimse/lane'), options }
    },
  }
}

const noRecord = 'a peer cannot list its instances; keep the record in a folder, or export again from the start'
