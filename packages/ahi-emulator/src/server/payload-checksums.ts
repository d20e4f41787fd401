import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { crc32 } from 'node:zlib'
import { ServiceError } from '../operation/service-error.ts'

/** Verifies the checksums of a body in its headers or trailers. */
export interface PayloadChecksums {
  update(data: Uint8Array): void
  /**
   * Compares the checksums with the headers and trailers.
   * @throws {ServiceError} ValidationException if a checksum is missing or differs
   */
  verify(trailers: ReadonlyMap<string, string>): void
}

interface Checksum {
  update(data: Uint8Array): void
  /** Returns the checksum in base64. */
  digest(): string
}

const prefix = 'x-amz-checksum-'

const algorithms: ReadonlyMap<string, () => Checksum> = new Map([
  ['crc32', () => createCrc(crc32)],
  ['crc32c', () => createCrc(crc32c)],
  ['crc64nvme', createCrc64],
  ['sha1', () => createDigest('sha1')],
  ['sha256', () => createDigest('sha256')],
])

/** Starts the checksums that the headers of a request contain or announce. */
export function createPayloadChecksums(headers: IncomingHttpHeaders): PayloadChecksums {
  const announced = String(headers['x-amz-trailer'] ?? '').split(',')
  const names = [...Object.keys(headers), ...announced.map((name) => name.trim().toLowerCase())]
  const checksums = new Map<string, Checksum>()
  for (const name of names) {
    const create = name.startsWith(prefix) ? algorithms.get(name.slice(prefix.length)) : undefined
    if (create !== undefined) checksums.set(name, create())
  }
  return {
    update(data) {
      for (const checksum of checksums.values()) checksum.update(data)
    },
    verify(trailers) {
      for (const [name, checksum] of checksums) {
        const stated = headers[name] ?? trailers.get(name)
        if (stated === undefined) throw invalid(`The trailer ${name} is missing`)
        if (stated !== checksum.digest()) throw invalid(`Value for ${name} header is invalid.`)
      }
    },
  }
}

function createDigest(algorithm: string): Checksum {
  const hash = createHash(algorithm)
  return { update: (data) => void hash.update(data), digest: () => hash.digest('base64') }
}

function createCrc(next: (data: Uint8Array, crc: number) => number): Checksum {
  let crc = 0
  return {
    update(data) {
      crc = next(data, crc)
    },
    digest() {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(crc)
      return bytes.toString('base64')
    },
  }
}

/** Table of CRC-32C, from its reflected polynomial (RFC 9260 appendix A). */
const crc32cTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value
})

function crc32c(data: Uint8Array, before: number): number {
  let crc = ~before
  for (const byte of data) crc = (crc32cTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return ~crc >>> 0
}

/** Reflected polynomial of CRC-64/NVME in two halves, because a BigInt per byte would be too slow. */
const crc64Polynomial = { high: 0x9a6c9329, low: 0xac4bc9b5 } as const
const crc64Table = createCrc64Table()

function createCrc64Table(): { readonly high: Uint32Array; readonly low: Uint32Array } {
  const table = { high: new Uint32Array(256), low: new Uint32Array(256) }
  for (let byte = 0; byte < 256; byte += 1) {
    let [high, low] = [0, byte]
    for (let bit = 0; bit < 8; bit += 1) {
      const isOdd = (low & 1) === 1
      low = ((low >>> 1) | (high << 31)) >>> 0
      high >>>= 1
      if (isOdd) [high, low] = [high ^ crc64Polynomial.high, low ^ crc64Polynomial.low]
    }
    table.high[byte] = high
    table.low[byte] = low
  }
  return table
}

function createCrc64(): Checksum {
  let [high, low] = [-1, -1]
  return {
    update(data) {
      for (const byte of data) {
        const index = (low ^ byte) & 0xff
        low = ((low >>> 8) | (high << 24)) ^ (crc64Table.low[index] ?? 0)
        high = (high >>> 8) ^ (crc64Table.high[index] ?? 0)
      }
    },
    digest() {
      const bytes = Buffer.alloc(8)
      bytes.writeInt32BE(~high, 0)
      bytes.writeInt32BE(~low, 4)
      return bytes.toString('base64')
    },
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message)
}
