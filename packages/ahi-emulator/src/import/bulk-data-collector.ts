import { createHash } from 'node:crypto'

/** Larger values are stored outside the metadata document (developer guide, "Understanding import jobs": 1 MB). */
const largestInlineValue = 1024 * 1024

/** Replaces a large value in the document. */
// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface is not assignable to JsonValue
type BulkDataReference = { BulkDataURI: string }

/** Collects the large binary values of one file. */
export interface BulkDataCollector {
  /**
   * Collects a large value and returns its reference, or returns `undefined` for a value that stays in the document.
   */
  readonly extractBulkData: (value: Uint8Array) => BulkDataReference | undefined
  /** The collected values by their SHA-256. */
  readonly values: ReadonlyMap<string, Uint8Array>
  /** Completes the references with the path of the instance, which is known only after all attributes are read. */
  readonly locate: (instancePath: string) => void
}

/** Creates a collector for one file. */
export function createBulkDataCollector(): BulkDataCollector {
  const values = new Map<string, Uint8Array>()
  const references: { readonly reference: BulkDataReference; readonly hash: string }[] = []
  return {
    values,
    extractBulkData(value) {
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
