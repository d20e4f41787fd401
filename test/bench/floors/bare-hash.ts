/**
 * Takes the CRC-32 of COUNT times CRC_BYTES, and the SHA-256 of COUNT times SHA_BYTES:
 * node bare-hash.ts COUNT CRC_BYTES SHA_BYTES
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { meterWork } from '../measure/work-meter.ts'

const [count = 0, crcByteLength = 0, shaByteLength = 0] = process.argv.slice(2).map(Number)
const pixels = new Uint8Array(crcByteLength).fill(7)
const file = new Uint8Array(shaByteLength).fill(7)
await meterWork(() => {
  for (let index = 0; index < count; index += 1) {
    crc32(pixels)
    createHash('sha256').update(file).digest('hex')
  }
})
