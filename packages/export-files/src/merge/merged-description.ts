import type { Destination } from '../destination/destination.ts'
import { OutputError } from '../errors.ts'
import { requireSameDestination, requireSameFiles } from '../record/compare-descriptions.ts'
import {
  findDescription,
  joinedSelection,
  type ExportDescription,
  type FoundDescription,
  type RecordedDescription,
} from '../record/description.ts'
import type { MergeSource } from './merge-source.ts'

/** What a merged export is. */
export interface MergedDescription {
  readonly asked: ExportDescription
  /** When the first of its runs was started, and what they select. */
  readonly recorded: RecordedDescription
}

/**
 * Returns what a merged export is. Returns undefined if nobody says it.
 *
 * @throws {OutputError} OUTPUT_DIFFERENT for records of exports that do not belong together; OUTPUT_UNSUPPORTED for an export
 *   with a DICOMDIR
 */
export async function mergeDescriptions(
  destination: Destination,
  sources: readonly MergeSource[],
  asked: ExportDescription | undefined,
): Promise<MergedDescription | undefined> {
  const found: (MergeSource & { readonly found: FoundDescription })[] = []
  for (const source of sources) found.push({ ...source, found: await findDescription(source.record) })
  const recorded = found.flatMap(({ found: one }) => (one.kind === 'found' ? [one.description] : []))
  const common = asked ?? recorded[0]
  if (common === undefined) return undefined
  for (const { writer, found: one } of found) {
    const name = writer === undefined ? destination.name : `${destination.name} (writer ${writer})`
    requireSameDestination({ name }, one, common)
    requireSameFiles({ name }, one, common)
  }
  if (common.files.dicomdir === true) throw withDicomdir(destination)
  const [createdAt = new Date().toISOString()] = recorded.map((one) => one.createdAt).toSorted()
  const selection = recorded.reduce<ExportDescription['selection']>(
    (joined, { selection: other }) => joinedSelection(joined, other),
    undefined,
  )
  return { asked: common, recorded: { ...common, schemaVersion: 1, createdAt, selection } }
}

function withDicomdir({ name }: Destination): OutputError {
  const message =
    `Cannot merge the records of "${name}": its DICOMDIR would lack the files of writers; remove it by exporting again ` +
    'without one, or choose another destination'
  return new OutputError('OUTPUT_UNSUPPORTED', message, { path: name })
}
