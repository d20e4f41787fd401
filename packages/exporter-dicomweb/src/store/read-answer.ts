/** The result of one instance. */
type InstanceResult =
  | { readonly kind: 'stored'; readonly warning: number | undefined }
  | { readonly kind: 'failed'; readonly reason: number | undefined }

/** The results of the instances of a request, by SOP Instance UID. */
export type StoreResults = ReadonlyMap<string, InstanceResult>

/** Attributes of the answer (PS3.18 10.5.3.1.2), by tag. */
const tags = {
  referencedSops: '00081199',
  failedSops: '00081198',
  failureReason: '00081197',
  warningReason: '00081196',
  sopInstanceUid: '00081155',
} as const

/**
 * Reads the answer of STOW-RS in DICOM JSON (PS3.18 F): one data set, or a list with one. Items without a UID and
 * values of other types are ignored. An instance that is both stored and failed counts as failed. Returns `undefined`
 * for other bytes.
 */
export function readStoreAnswer(body: Uint8Array): StoreResults | undefined {
  const dataSet = parseDataSet(body)
  if (dataSet === undefined) return undefined
  const results = new Map<string, InstanceResult>()
  for (const item of itemsOf(dataSet, tags.referencedSops)) {
    const uid = uidOf(item)
    if (uid !== undefined) results.set(uid, { kind: 'stored', warning: numberOf(item, tags.warningReason) })
  }
  for (const item of itemsOf(dataSet, tags.failedSops)) {
    const uid = uidOf(item)
    if (uid !== undefined) results.set(uid, { kind: 'failed', reason: numberOf(item, tags.failureReason) })
  }
  return results
}

type Members = ReadonlyMap<string, unknown>

function parseDataSet(body: Uint8Array): Members | undefined {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
  return membersOf(Array.isArray(json) ? json[0] : json)
}

function membersOf(value: unknown): Members | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return new Map(Object.entries(value))
}

function valuesOf(dataSet: Members, tag: string): readonly unknown[] {
  const value = membersOf(dataSet.get(tag))?.get('Value')
  return Array.isArray(value) ? value : []
}

function itemsOf(dataSet: Members, tag: string): readonly Members[] {
  return valuesOf(dataSet, tag).flatMap((item) => membersOf(item) ?? [])
}

function uidOf(item: Members): string | undefined {
  const [value] = valuesOf(item, tags.sopInstanceUid)
  return typeof value === 'string' ? value.replace(/[\0 ]+$/u, '') : undefined
}

function numberOf(item: Members, tag: string): number | undefined {
  const [value] = valuesOf(item, tag)
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff ? value : undefined
}
