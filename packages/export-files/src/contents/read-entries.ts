import type { RecordStore } from '../destination/record-store.ts'
import { isObject, parseJson, type JsonMembers } from '../reading/json-members.ts'
import { readLines } from '../reading/read-lines.ts'
import type { ErrorEntry, WarningEntry } from '../record/entries.ts'

/** A failure in a record. Members of a wrong type are left out. */
export type FailureOfExport = Pick<
  ErrorEntry,
  'imageSetId' | 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid' | 'code' | 'message' | 'retryable'
>

/** A warning in a record. Members of a wrong type are left out. */
export interface WarningOfExport extends Omit<FailureOfExport, 'retryable'> {
  readonly tag?: WarningEntry['tag']
  readonly instances?: number | undefined
}

/** Yields the failures in a record. Skips lines that are not failures; `verifyExport` reports those. */
export async function* readFailures(store: RecordStore, name: string): AsyncGenerator<FailureOfExport> {
  for await (const members of readObjects(store, name)) {
    const entry = entryOf(members)
    if (entry !== undefined) yield { ...entry, retryable: members['retryable'] === true }
  }
}

/** Yields the warnings in a record. Skips lines that are not warnings. */
export async function* readWarnings(store: RecordStore, name: string): AsyncGenerator<WarningOfExport> {
  for await (const members of readObjects(store, name)) {
    const entry = entryOf(members)
    if (entry === undefined) continue
    const { tag, instances } = members
    yield {
      ...entry,
      ...(typeof tag === 'string' && { tag }),
      ...(typeof instances === 'number' && { instances }),
    }
  }
}

async function* readObjects(store: RecordStore, name: string): AsyncGenerator<JsonMembers> {
  const content = await store.read(name)
  if (content === undefined) return
  for await (const { text } of readLines(content)) {
    const value = parseJson(text)
    if (isObject(value)) yield value
  }
}

const identifiers = ['imageSetId', 'studyInstanceUid', 'seriesInstanceUid', 'sopInstanceUid'] as const

function entryOf(members: JsonMembers): Omit<FailureOfExport, 'retryable'> | undefined {
  const { code, message } = members
  if (typeof code !== 'string' || typeof message !== 'string') return undefined
  const known: Partial<Record<(typeof identifiers)[number], string>> = {}
  for (const name of identifiers) {
    const value = members[name]
    if (typeof value === 'string') known[name] = value
  }
  return { ...known, code, message }
}
