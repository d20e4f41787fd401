import type { RecordStore } from '@ahi-dicom/export-files'
import type { PeerTimeouts } from '../association/peer.ts'
import type { PeerTls } from '../association/peer-tls.ts'

/** Options of {@link dimseDestination}. */
export interface DimseDestinationOptions {
  /** Host name or address. */
  readonly host: string
  /** Port. Default 104, or 2762 with TLS (PS3.8 9.1 and PS3.15 B.1). */
  readonly port?: number | undefined
  /** AE title of the peer. */
  readonly calledAeTitle: string
  /** Own AE title. Default `AHIDICOM`. */
  readonly callingAeTitle?: string | undefined
  /** Encrypts the connection. `true` trusts the authorities of Node.js. Default: no TLS. */
  readonly tls?: PeerTls | true | undefined
  /** Most associations at a time in each exporting thread. Default 2. */
  readonly associations?: number | undefined
  /**
   * Time limits. Default: 10 s to connect, 30 s for an association, 120 s for an answer, 5 s until an unused
   * association is released.
   */
  readonly timeouts?: Partial<PeerTimeouts> | undefined
  /** Longest PDU in bytes, in both directions, 4096 to 1 MiB. The peer's limit applies too. Default 64 KiB. */
  readonly maxPduLength?: number | undefined
  /**
   * Pauses in milliseconds before a lost or refused association is requested again. Their number is the number of
   * repetitions, also of an instance. Default 200 and 2000.
   */
  readonly repeatDelaysMs?: readonly number[] | undefined
  /**
   * Storage of the record, such as a folder, so that an export can be resumed. Default: memory, until the process ends.
   */
  readonly record?: RecordStore | undefined
}
