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

/** The description of a merged export, as the two arguments of `writeDescription`. */
export interface MergedDescription {
  readonly asked: ExportDescription
  /** Has the earliest start of the records, and their joined selection. */
  readonly recorded: RecordedDescription
}

/**
 * Merges the descriptions of all records. Returns undefined if neither `asked` nor any record has one.
 *
 * @throws {OutputError} OUTPUT_DIFFERENT if the records belong to different exports, OUTPUT_UNSUPPORTED for an export
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
    `Cannot merge the records of "${name}": its DICOMDIR would not list the files of the writers; export again without a ` +
    'DICOMDIR, or choose another destination'
  return new OutputError('OUTPUT_UNSUPPORTED', message, { path: name })
}
