import { isGroupLength, tags } from '@ahi-dicom/dicom-standard'
import {
  readImplicitSequence,
  UnreadableFileError,
  type DataElement,
  type DataSet,
} from '@ahi-dicom/dicom-standard/reader'
import { hasBetterCharacterSet } from './character-sets.ts'
import { describeDifference, type Findings, type Place, type Report } from './findings.ts'
import type { NormalisationId } from '../normalisations.ts'
import { scopeOf, type ScopePair } from './scope.ts'
import { isShared } from './shared-attributes.ts'
import { canonicalValue, isSameValue } from './values.ts'
import { choicesOf, comparedVr, compareVrs, vrsOf, type ElementPair } from './vrs.ts'

/** The position of a comparison in the files. */
interface Level {
  readonly findings: Findings
  readonly scopes: ScopePair
  /** The data set of the whole original. */
  readonly whole: DataSet
  /** Path of the item. Empty at the top level. */
  readonly path: string
}

/** Attributes with pixels. At the top level they are compared as pixels. */
export const pixelTags: readonly number[] = [tags.pixelData, tags.floatPixelData, tags.doubleFloatPixelData]
const offsetTables: readonly number[] = [tags.extendedOffsetTable, tags.extendedOffsetTableLengths]
/** Attributes that an export corrects so that they describe the written pixels. */
const pixelAttributes: ReadonlySet<number> = new Set([
  tags.rows,
  tags.columns,
  tags.samplesPerPixel,
  tags.photometricInterpretation,
  tags.planarConfiguration,
  tags.bitsAllocated,
  tags.bitsStored,
  tags.highBit,
  tags.pixelRepresentation,
  tags.lossyImageCompression,
  tags.lossyImageCompressionRatio,
  tags.lossyImageCompressionMethod,
])

/** Compares two data sets element by element, except pixel data. */
export function compareDataSets(findings: Findings, scopes: ScopePair): void {
  compareLevel({ findings, scopes, whole: scopes.original.dataSet, path: '' })
}

/** Returns true if an export agrees with another original in one attribute. */
export function agreeIn(tag: number, scopes: ScopePair): boolean {
  const findings: Findings = { output: 'b', showValues: false, differences: [], questions: [], left: [] }
  compareTag({ findings, scopes, whole: scopes.original.dataSet, path: '' }, tag)
  const areLeft = findings.questions.length + findings.left.length > 0
  return !areLeft && findings.differences.every(({ normalisation }) => normalisation !== undefined)
}

/** Uses loops and no callbacks on the way to the items of sequences, because every level of nesting takes stack. */
function compareLevel(level: Level): void {
  const { original, output } = level.scopes
  const all = new Set([...original.dataSet.keys(), ...output.dataSet.keys()])
  for (const tag of [...all].sort((left, right) => left - right)) compareTag(level, tag)
}

function compareTag(level: Level, tag: number): void {
  const original = level.scopes.original.dataSet.get(tag)
  const output = level.scopes.output.dataSet.get(tag)
  const place: Place = { tag, path: level.path, original, output }
  if (original === undefined && output === undefined) return
  if (original === undefined || output === undefined) {
    return ask(level, place, { difference: 'absent', normalisation: whyAbsent(level, place) })
  }
  const isCompared = level.path !== '' || !pixelTags.includes(tag)
  if (isCompared) comparePair(level, place, { original, output })
}

function comparePair(level: Level, place: Place, pair: ElementPair): void {
  const vr = comparedVr(pair)
  const originalItems =
    pair.original.items ?? (pair.output.items === undefined ? undefined : unknownItems(pair.original))
  const outputItems = pair.output.items
  if (originalItems !== undefined && outputItems !== undefined) {
    if (pair.original.items === undefined) report(level, place, { difference: 'vr', normalisation: 'public-vr' })
    return compareItems(level, place, originalItems, outputItems)
  }
  if (originalItems !== undefined || outputItems !== undefined) return report(level, place, { difference: 'vr' })
  const relation = compareVrs(pair, level.scopes, () => vrsOf(place.tag, level.whole))
  if (relation === 'other') report(level, place, { difference: 'vr' })
  else if (relation !== 'same') report(level, place, { difference: 'vr', normalisation: relation })
  if (place.original?.place !== undefined || place.output?.place !== undefined) level.findings.left.push(place)
  else compareValues(level, place, { ...pair, vr })
}

/** Returns the items of a UN element of defined length, which may hold an implicit VR sequence (PS3.5 6.2.2). */
function unknownItems({ vr, value }: DataElement): readonly DataSet[] | undefined {
  if (vr !== 'UN') return undefined
  try {
    return readImplicitSequence(value)
  } catch (error) {
    if (error instanceof UnreadableFileError) return undefined
    throw error
  }
}

function compareItems(level: Level, place: Place, original: readonly DataSet[], output: readonly DataSet[]): void {
  const { findings, scopes, whole } = level
  if (original.length !== output.length) {
    report(level, place, { difference: 'items', detail: `${original.length} and ${output.length} items` })
  }
  const { attribute } = describeDifference(findings, place, { difference: 'items' })
  for (const [index, item] of original.entries()) {
    const other = output[index]
    if (other === undefined) return
    const items = { original: scopeOf(item, scopes.original), output: scopeOf(other, scopes.output) }
    compareLevel({ findings, scopes: items, whole, path: `${attribute}[${index}].` })
  }
}

function compareValues(
  level: Level,
  place: Place,
  { original, output, vr }: ElementPair & { readonly vr: string },
): void {
  const { scopes } = level
  if (original.fragments !== undefined || output.fragments !== undefined) {
    const areSame = isSameValue(original.fragments ?? [original.value], output.fragments ?? [output.value])
    if (!areSame) report(level, place, { difference: 'value', detail: 'encapsulated' })
    return
  }
  // Numbers of different sizes are each read in their own VR, because `private-vr` may explain the difference.
  const areNumbers = isNumber(original.vr) && isNumber(output.vr)
  const expected = canonicalValue(original, areNumbers ? firstChoice(original.vr, vr) : vr, scopes.original)
  const got = canonicalValue(output, vr, scopes.output)
  if (!isSameValue(expected.values, got.values)) {
    ask(level, place, { difference: 'value', normalisation: whyOtherValue(level, place) })
  } else if (expected.isUndecodable) report(level, place, { difference: 'value', normalisation: 'undecodable' })
  else if (!isSameValue(expected.untrimmed, got.untrimmed)) {
    report(level, place, { difference: 'value', normalisation: 'padding' })
  }
}

const numberVrs: ReadonlySet<string> = new Set(['US', 'SS', 'UL', 'SL', 'UV', 'SV', 'FL', 'FD'])

function isNumber(vr: string): boolean {
  return choicesOf(vr).every((choice) => numberVrs.has(choice))
}

function firstChoice(vr: string, preferred: string): string {
  const choices = choicesOf(vr)
  return choices.includes(preferred) ? preferred : (choices[0] ?? vr)
}

function whyAbsent({ scopes }: Level, { tag, original }: Place): NormalisationId | undefined {
  if (tag === tags.specificCharacterSet && hasBetterCharacterSet(scopes.original, scopes.output)) return 'character-set'
  if (original === undefined) return undefined
  if (isGroupLength(tag)) return 'group-length'
  if (offsetTables.includes(tag)) return 'offset-table'
  return pixelTags.includes(tag) && isEmpty(original) ? 'empty-pixels' : undefined
}

function isEmpty({ value, place, fragments, fragmentPlaces }: NonNullable<Place['original']>): boolean {
  if (fragments !== undefined || fragmentPlaces !== undefined) return false
  return value.byteLength + (place?.byteLength ?? 0) === 0
}

function whyOtherValue({ scopes }: Level, { tag }: Place): NormalisationId | undefined {
  if (tag === tags.specificCharacterSet && hasBetterCharacterSet(scopes.original, scopes.output)) return 'character-set'
  return offsetTables.includes(tag) ? 'offset-table' : undefined
}

/** Reports a difference, or leaves it open if the pixels or other instances may explain it. */
function ask(level: Level, place: Place, finding: Report): void {
  const isOpen =
    finding.normalisation === undefined && level.path === '' && (pixelAttributes.has(place.tag) || isShared(place.tag))
  if (!isOpen) return report(level, place, finding)
  const difference = describeDifference(level.findings, place, finding, level.scopes)
  level.findings.questions.push({ place, difference })
}

function report({ findings, scopes }: Level, place: Place, finding: Report): void {
  findings.differences.push(describeDifference(findings, place, finding, scopes))
}
