import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { OutputError } from '../errors.ts'
import type { Destination } from '../destination/destination.ts'
import { covers, selectAlike } from './description.ts'
import type {
  DescribedFormat,
  DescribedSelection,
  ExportDescription,
  FoundDescription,
  RecordedDescription,
} from './description.ts'
import { sortedMembers } from './file-request.ts'

/**
 * Checks that a record belongs to the destination of this run. The record of another destination names files that this
 * one does not have.
 *
 * @throws {OutputError} OUTPUT_DIFFERENT if it belongs to another destination
 */
export function requireSameDestination(
  { name }: Pick<Destination, 'name'>,
  found: FoundDescription,
  { destination: asked }: ExportDescription,
): void {
  if (found.kind !== 'found' || found.description.destination === asked) return
  const { destination: recorded } = found.description
  const owner =
    recorded === undefined ? 'an export into the place where it lies' : `an export to "${printable(recorded)}"`
  const other = asked === undefined ? 'destination' : 'place for the record'
  const message = `Cannot export into "${name}": the record is that of ${owner}; choose another ${other}`
  throw new OutputError('OUTPUT_DIFFERENT', message, { path: name })
}

/**
 * Checks that a run requests the same files as the recorded export.
 *
 * @throws {OutputError} OUTPUT_DIFFERENT if the export has another data store or other files
 */
export function requireSameFiles(
  { name }: Pick<Destination, 'name'>,
  found: FoundDescription,
  asked: ExportDescription,
): void {
  if (found.kind === 'later') throw later(name, found.schemaVersion)
  const differences = found.kind === 'found' ? differencesOf(found.description, asked) : []
  if (differences.length > 0) throw different(name, differences)
}

/**
 * Checks that the selection of a `sync` run equals the recorded one, is a part of it, or includes it. Any other
 * selection would leave files out of date, and would remove instances that it did not look for.
 *
 * @throws {OutputError} OUTPUT_DIFFERENT if the selections do not match
 */
export function requireSelectionOf(
  { name }: Pick<Destination, 'name'>,
  found: FoundDescription,
  { selection: asked }: ExportDescription,
): void {
  const recorded = found.kind === 'found' ? found.description.selection : undefined
  if (recorded === undefined || asked === undefined || selectAlike(recorded, asked) || covers(asked, recorded)) return
  if (recorded.nonPrimary === asked.nonPrimary && covers(recorded, asked)) return
  throw different(name, selectionDifferences(recorded, asked))
}

/**
 * Returns the differences of two selections as text. Filters may contain patient data, so only their number is shown.
 */
function selectionDifferences(recorded: DescribedSelection, asked: DescribedSelection): readonly string[] {
  const nonPrimary = `nonPrimary: recorded ${recorded.nonPrimary}, asked ${asked.nonPrimary}`
  const filters = `filters: recorded ${recorded.filters.length}, asked ${asked.filters.length}, not the same ones`
  const isSame = selectAlike({ ...recorded, nonPrimary: asked.nonPrimary }, asked)
  return [...(recorded.nonPrimary === asked.nonPrimary ? [] : [nonPrimary]), ...(isSame ? [] : [filters])]
}

function later(name: string, schemaVersion: unknown): OutputError {
  const message =
    `Cannot continue the export in "${name}": a later version made it (schemaVersion: recorded ` +
    `${String(schemaVersion)}, known 1); use that version, write it again (mode 'overwrite'), or choose another destination`
  return new OutputError('OUTPUT_DIFFERENT', message, { path: name })
}

function different(name: string, differences: readonly string[]): OutputError {
  const message =
    `Cannot continue the export in "${name}": it was made with other options (${differences.join('; ')}); ` +
    "ask for the same, write it again (mode 'overwrite'), or choose another destination"
  return new OutputError('OUTPUT_DIFFERENT', message, { path: name })
}

function differencesOf(recorded: RecordedDescription, asked: ExportDescription): readonly string[] {
  const before = valuesOf(recorded)
  const now = valuesOf(asked)
  const differences = [...new Set([...before.keys(), ...now.keys()])].flatMap((name) => {
    const [was = 'none', is = 'none'] = [before.get(name), now.get(name)]
    return was === is ? [] : [`${name}: recorded ${was}, asked ${is}`]
  })
  // A run without the DICOMDIR would leave it out of date. A run that adds one is fine.
  const losesDicomdir = recorded.files.dicomdir === true && asked.files.dicomdir !== true
  return losesDicomdir ? [...differences, 'dicomdir: recorded true, asked none'] : differences
}

/** Returns the values that must be the same in all runs, as JSON text by name. */
function valuesOf({ datastoreId, files }: ExportDescription): ReadonlyMap<string, string> {
  const { formats, transferSyntax, source, headerOnly, layout, seriesLayout } = files
  const values = new Map<string, unknown>([
    ['datastoreId', datastoreId],
    ['formats', formats.map(nameOf).toSorted()],
    ['layout', layout],
    ['headerOnly', headerOnly],
  ])
  // Files without pixels do not depend on the source and form of pixels.
  if (!headerOnly) values.set('transferSyntax', transferSyntax).set('source', source)
  if (seriesLayout !== undefined) values.set('seriesLayout', seriesLayout)
  for (const format of formats) {
    const { frames, settings = {} } = format
    if (frames !== undefined) values.set(`frames of ${nameOf(format)}`, frames)
    for (const [setting, value] of Object.entries(settings)) values.set(`${setting} of ${nameOf(format)}`, value)
  }
  return new Map([...values].map(([name, value]) => [name, JSON.stringify(sortedMembers(value))]))
}

/** Returns a unique name of a format: a format of instances and one of series may have the same name. */
function nameOf({ scope, name }: DescribedFormat): string {
  return scope === undefined ? name : `${name} (${scope})`
}
