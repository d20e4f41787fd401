import { buffer } from 'node:stream/consumers'
import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import type { PackLocation } from '../store/pack-location.ts'
import type { Store } from '../store/store.ts'
import { placeholderLength, bulkDataName, createPlaceholder } from './bulk-data.ts'
import type { FoundInstance } from './find-instance.ts'

/** A large value, and the placeholder that stands for it in the encoded file. */
interface AbsentValue {
  readonly placeholder: Uint8Array
  readonly location: PackLocation
}

/** An instance whose large values are restored, or are inserted into its encoded file by `insert`. */
export interface RestoredInstance {
  readonly found: FoundInstance
  /** Replaces the placeholders in the encoded file by their values. Each value is read when it is sent. */
  readonly insert: (file: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>
}

/**
 * Restores the values that are stored outside the document. Top-level values become placeholders, so that they need not
 * fit in memory. Values in sequence items are read at once, because the lengths of the sequences include them.
 */
export async function restoreBulkData(found: FoundInstance, store: Store): Promise<RestoredInstance> {
  const { metadata, instance, seriesInstanceUid } = found
  if (!store.bulkData.has(metadata.ImageSetID)) return { found, insert: (file) => file }
  const absent: AbsentValue[] = []
  const series = metadata.Study.Series[seriesInstanceUid]
  const restore = (attributes: AttributeMap): Promise<AttributeMap> =>
    restoreAttributes(attributes, async (value) => {
      const location = locationOf(value, metadata.ImageSetID, store)
      if (location === undefined) return restoreNested(value, metadata.ImageSetID, store)
      const placeholder = createPlaceholder()
      absent.push({ placeholder, location })
      return placeholder.toString('base64')
    })
  const restored: FoundInstance = {
    ...found,
    instance: { ...instance, DICOM: await restore(instance.DICOM) },
    metadata: {
      ...metadata,
      Patient: { ...metadata.Patient, DICOM: await restore(metadata.Patient.DICOM) },
      Study: {
        ...metadata.Study,
        DICOM: await restore(metadata.Study.DICOM),
        Series: { [seriesInstanceUid]: { Instances: {}, DICOM: await restore(series?.DICOM ?? {}) } },
      },
    },
  }
  return {
    found: restored,
    insert: (file) => (absent.length === 0 ? file : insertValues(file, absent, store)),
  }
}

async function restoreAttributes(
  attributes: AttributeMap,
  restore: (value: JsonValue) => Promise<JsonValue>,
): Promise<AttributeMap> {
  const restored: AttributeMap = {}
  for (const [key, value] of Object.entries(attributes)) {
    restored[key] = typeof value === 'object' && value !== null ? await restore(value) : value
  }
  return restored
}

/** Restores the values in sequence items, at any depth. */
async function restoreNested(value: JsonValue, imageSetId: string, store: Store): Promise<JsonValue> {
  if (typeof value !== 'object' || value === null) return value
  const location = locationOf(value, imageSetId, store)
  if (location !== undefined) return (await buffer(store.streamPack(location))).toString('base64')
  if (!Array.isArray(value)) return restoreAttributes(value, (inner) => restoreNested(inner, imageSetId, store))
  const items: JsonValue[] = []
  for (const item of value) items.push(await restoreNested(item, imageSetId, store))
  return items
}

function locationOf(value: JsonValue, imageSetId: string, { bulkData }: Store): PackLocation | undefined {
  const name = bulkDataName(value)
  return name === undefined ? undefined : bulkData.find(imageSetId, name)
}

/**
 * Replaces placeholders by their values, and corrects the element length in the 4 bytes before. Placeholders are
 * random, so no other bytes of the file equal one.
 */
async function* insertValues(
  file: AsyncIterable<Uint8Array>,
  absent: readonly AbsentValue[],
  store: Store,
): AsyncGenerator<Uint8Array> {
  const waiting = new Set(absent)
  for await (const chunk of file) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const places = [...waiting]
      .map((value) => ({ value, start: bytes.indexOf(value.placeholder) }))
      .filter(({ start }) => start >= 0)
      .sort((a, b) => a.start - b.start)
    let sent = 0
    for (const { value, start } of places) {
      const { byteLength } = value.location
      waiting.delete(value)
      bytes.writeUInt32LE(byteLength + (byteLength % 2), start - 4)
      yield bytes.subarray(sent, start)
      yield* store.streamPack(value.location)
      if (byteLength % 2 === 1) yield new Uint8Array(1)
      sent = start + placeholderLength
    }
    yield bytes.subarray(sent)
  }
}
