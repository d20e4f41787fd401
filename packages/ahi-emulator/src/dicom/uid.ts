import { createHash } from 'node:crypto'

/** Returns a UID derived from a name, under the UUID root 2.25 (PS3.5 B.2). A name always gives the same UID. */
export function uidOf(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 32)
  return `2.25.${BigInt(`0x${digest}`)}`
}
