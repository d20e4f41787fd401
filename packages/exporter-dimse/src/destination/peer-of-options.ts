import { printable } from '@ahi-dicom/ahi-metadata/printable'
import type { Peer, PeerTimeouts } from '../association/peer.ts'
import { isAeTitle } from '../ae-title.ts'
import type { DimseDestinationOptions } from './options.ts'

const defaultTimeouts: PeerTimeouts = { connectMs: 10_000, associationMs: 30_000, responseMs: 120_000, idleMs: 5000 }
const defaultPorts = { plain: 104, tls: 2762 }
const defaultCallingAeTitle = 'AHIDICOM'
const shortestPdu = 4096
const longestPdu = 1 << 20

/**
 * Returns the peer from the options.
 *
 * @throws {TypeError} if an option is invalid
 */
export function peerOfOptions(options: DimseDestinationOptions): Peer {
  const { host, calledAeTitle, callingAeTitle = defaultCallingAeTitle, maxPduLength = 64 * 1024 } = options
  const tls = options.tls === true ? {} : options.tls
  const port = options.port ?? (tls === undefined ? defaultPorts.plain : defaultPorts.tls)
  if (host === '') throw new TypeError('Expected `host` to be the name or address of a host, got nothing')
  requireInteger('port', port, { least: 1, most: 65_535 })
  requireInteger('maxPduLength', maxPduLength, { least: shortestPdu, most: longestPdu })
  requireAeTitle('calledAeTitle', calledAeTitle)
  requireAeTitle('callingAeTitle', callingAeTitle)
  const timeouts = { ...defaultTimeouts, ...definedOnly(options.timeouts ?? {}) }
  for (const [name, value] of Object.entries(timeouts)) {
    requireInteger(`timeouts.${name}`, value, { least: 1, most: 2 ** 31 - 1 })
  }
  return { host, port, calledAeTitle, callingAeTitle, maxPduLength, timeouts, ...(tls !== undefined && { tls }) }
}

/**
 * Checks a numeric option.
 *
 * @throws {TypeError} if it is not a whole number in the range
 */
export function requireInteger(
  name: string,
  value: number,
  { least, most }: { readonly least: number; readonly most: number },
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new TypeError(`Expected \`${name}\` to be a whole number from ${least} to ${most}, got ${value}`)
}

function requireAeTitle(name: string, value: string): void {
  if (isAeTitle(value)) return
  const expected = 'an AE title: 1 to 16 characters of ASCII without control characters and backslash'
  throw new TypeError(`Expected \`${name}\` to be ${expected}, got \`${printable(value)}\``)
}

function definedOnly(timeouts: Partial<PeerTimeouts>): Partial<PeerTimeouts> {
  return Object.fromEntries(Object.entries(timeouts).filter(([, value]) => value !== undefined))
}
