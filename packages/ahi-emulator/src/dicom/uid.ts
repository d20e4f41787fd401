import { createHash } from 'node:crypto'

/** A UID of a name, the same every time, under the root of UUIDs (PS3.5 B.2). */
export function uidOf(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 32)
  return `2.25.${BigInt(`0x${digest}`)}`
}
