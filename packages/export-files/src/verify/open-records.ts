import { printable } from '@ahi-dicom/ahi-metadata/printable'
import type { Destination } from '../destination/destination.ts'
import { recordNames, type NamedRecord } from '../destination/record-store.ts'
import { OutputError } from '../errors.ts'
import { defaultMapMemory } from '../keys/key-map.ts'
import { readDescription, type RecordedDescription } from '../record/description.ts'
import { readManifest, type Manifest, type ReadManifestOptions } from '../record/read-manifest.ts'
import { createShownPaths, type ShownPaths } from './shown-path.ts'

/** A record of an export that was read. */
export interface OpenRecord extends NamedRecord {
  readonly manifest: Manifest
  /** True if the manifest is missing, although other files of the record exist. */
  readonly isGone: boolean
  /** Content of `export.json`, if it can be used. */
  readonly description: RecordedDescription | undefined
  readonly shownPaths: ShownPaths
}

/** The records of a destination, at least one. Dispose of them after use. */
export interface OpenRecords extends Disposable {
  readonly all: readonly OpenRecord[]
}

/**
 * Reads the records of a destination. Skips empty records.
 *
 * @throws {OutputError} OUTPUT_NO_MANIFEST if there is no record, OUTPUT_DIFFERENT if a record belongs to another
 *   destination
 */
export async function openRecords(
  destination: Destination,
  { signal, maxMemory = defaultMapMemory }: ReadManifestOptions,
): Promise<OpenRecords> {
  const named = await recordsOf(destination)
  const all: OpenRecord[] = []
  const opened = {
    all,
    [Symbol.dispose]: () => all.forEach(({ manifest }) => manifest[Symbol.dispose]()),
  }
  try {
    for (const one of named) {
      const isGone = await isManifestGone(one)
      const reading = { signal, maxMemory: Math.floor(maxMemory / named.length), allowsMissing: isGone }
      const manifest = await readManifest(one.record, reading)
      if (manifest === undefined) continue
      const description = await readDescription(one.record)
      requireOwn(destination, description)
      all.push({ ...one, manifest, isGone, description, shownPaths: createShownPaths(description?.files.layout) })
    }
    if (all.length === 0) throw noRecord(destination)
    return opened
  } catch (error) {
    opened[Symbol.dispose]()
    throw error
  }
}

async function recordsOf(destination: Destination): Promise<readonly NamedRecord[]> {
  const { record } = destination
  const named: NamedRecord[] = []
  for await (const one of destination.records?.() ?? [{ name: '', record }]) named.push(one)
  return named
}

async function isManifestGone({ record }: NamedRecord): Promise<boolean> {
  if ((await record.read(recordNames.manifest)) !== undefined) return false
  const others = [recordNames.description, recordNames.summary].map((name) => record.read(name))
  return (await Promise.all(others)).some((content) => content !== undefined)
}

/**
 * Checks that a record belongs to its destination. The files of an export to a server do not lie beside their record.
 */
function requireOwn({ name, recordedAs }: Destination, description: RecordedDescription | undefined): void {
  const recorded = description?.destination
  if (recorded === undefined || recorded === recordedAs) return
  const message =
    `Cannot read the export in "${name}": it holds only the record of an export to "${printable(recorded)}", and no files; ` +
    "files sent there cannot be read back; the manifest has the server's answer for each instance"
  throw new OutputError('OUTPUT_DIFFERENT', message, { path: name })
}

function noRecord({ name }: Destination): OutputError {
  const message = `Cannot read the export in "${name}": it has no ${recordNames.manifest}; name the destination of an export`
  return new OutputError('OUTPUT_NO_MANIFEST', message, { path: name })
}
