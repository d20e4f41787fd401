import type { RecordStore } from '@ahi-dicom/export-files'
import type { PeerTimeouts } from '../association/peer.ts'
import type { PeerTls } from '../association/peer-tls.ts'

/** Options of {@link dimseDestination}. */
export interface DimseDestinationOptions {
  /** Name or address. */
  readonly host: string
  /** Default 104, or 2762 with TLS: the ports that PS3.8 9.1 and PS3.15 B.1 name. */
  readonly port?: number | undefined
  /** AE title of the peer. */
  readonly calledAeTitle: string
  /** Own AE title. Default `AHIDICOM`. */
  readonly callingAeTitle?: string | undefined
  /** Encrypt the connection: `true` trusts what Node.js trusts. Default: no TLS. */
  readonly tls?: PeerTls | true | undefined
  /** Associations at a time, in each thread that exports. Default 2. */
  readonly associations?: number | undefined
  /** Defaults: 10 s to connect, 30 s for an association, 120 s for an answer, 5 s until an unused association is released. */
  readonly timeouts?: Partial<PeerTimeouts> | undefined
  /** Longest PDU in bytes, in both directions; that of the peer holds as well. 4096 to 1 MiB. Default 64 KiB. */
  readonly maxPduLength?: number | undefined
  /**
   * Milliseconds to wait before an association that was lost or not to be had is asked for again: as many repetitions, also
   * of an instance. Default 200 and 2000.
   */
  readonly repeatDelaysMs?: readonly number[] | undefined
  /** Where the record lies, such as a folder. With one an export can be resumed. Default: in memory, until the process ends. */
  readonly record?: RecordStore | undefined
}
