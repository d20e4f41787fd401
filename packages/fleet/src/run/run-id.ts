import { createHash } from 'node:crypto'
import type { JsonMember } from '../model/json.ts'
import type { RunRequest } from '../model/run.ts'

/** Returns the id of a request's run: 16 hexadecimal digits of a digest that does not depend on the order of the settings. */
export function runIdOf({ datastoreId, destination, settings }: RunRequest): string {
  const json = canonicalJson({ datastoreId, destination, settings })
  return createHash('sha256').update(json).digest('hex').slice(0, 16)
}

/** Returns whether a text has the form of a run id. */
export function isRunId(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text)
}

function canonicalJson(value: JsonMember): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
