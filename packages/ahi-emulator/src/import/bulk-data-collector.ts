import { createHash } from 'node:crypto'

/** More than this AHI keeps apart from the metadata document (developer guide, "understanding import jobs": 1 MB). */
const largestInlineValue = 1024 * 1024

/** What stands in the document in place of a large value. */
// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface is no JsonValue
type BulkDataReference = { BulkDataURI: string }

/** Large binary values of one file, taken out of its attributes. */
export interface BulkDataCollector {
  /** Gives what stands for a value in the document; `undefined` for one that is small enough to stay. */
  readonly keepApart: (value: Uint8Array) => BulkDataReference | undefined
  /** Those taken out, by their hash, each once. */
  readonly values: ReadonlyMap<string, Uint8Array>
  /** Completes the references: a place that is known when all attributes are. */
  readonly locate: (instancePath: string) => void
}

/** Starts the collection for one file. */
export function createBulkDataCollector(): BulkDataCollector {
  const values = new Map<string, Uint8Array>()
  const references: { readonly reference: BulkDataReference; readonly hash: string }[] = []
  return {
    values,
    keepApart(value) {
      if (value.byteLength <= largestInlineValue) return undefined
      const hash = createHash('sha256').update(value).digest('hex')
      const reference = { BulkDataURI: hash }
      values.set(hash, value)
      references.push({ reference, hash })
      return reference
    },
    locate(instancePath) {
      for (const { reference, hash } of references) reference.BulkDataURI = `${instancePath}/bulkdata/${hash}`
    },
  }
}
