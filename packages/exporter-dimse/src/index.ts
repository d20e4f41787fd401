/**
 * Exports to a DICOM application entity, such as a PACS: sends instances by C-STORE over DIMSE associations.
 * @module
 */
export type { PeerTimeouts } from './association/peer.ts'
export type { PeerTls } from './association/peer-tls.ts'
export { dimseDestination } from './destination/dimse-destination.ts'
export type { DimseDestinationOptions } from './destination/options.ts'
