import { tags, valueRepresentation } from '@ahi-dicom/dicom-standard'
import {
  bytesInMemory,
  openPart10,
  plainText,
  type ByteSource,
  type FileElement,
  type OpenedPart10,
} from '@ahi-dicom/dicom-standard/reader'
import { implementationClassUid } from '@ahi-dicom/dicomizer'
import { agreeIn, compareDataSets, pixelTags } from '../attributes/compare-data-sets.ts'
import { describeDifference, type Findings, type OpenQuestion, type Place } from '../attributes/findings.ts'
import type { NormalisationId } from '../normalisations.ts'
import { scopeOf, type Scope, type ScopePair } from '../attributes/scope.ts'
import { isShared } from '../attributes/shared-attributes.ts'
import { canonicalValue, isSameValue } from '../attributes/values.ts'
import { comparedVr } from '../attributes/vrs.ts'
import { otherSide, type Difference, type Side } from '../difference.ts'
import { areSameBytes, type PlacedBytes } from '../pixels/compare-bytes.ts'
import { comparePixels, type PixelComparison, type PixelOutcome } from '../pixels/compare-pixels.ts'
import type { DecodeCodeStream, PixelFile } from '../pixels/frame-source.ts'
import { readImage } from '../pixels/image.ts'
import { explainByPixels, type PixelEvidence } from './explain.ts'
import { compareFileMeta } from './file-meta.ts'

/** Options of {@link compareInstances}. */
export interface CompareOptions {
  /** The file that is the export. Default: the one that this product wrote; the second one if both or none are. */
  readonly output?: Side | undefined
  /** Largest difference of samples that counts as equal. Default 0. */
  readonly tolerance?: number | undefined
  /** True to include values in differences. They may name a patient. Default false. */
  readonly showValues?: boolean | undefined
  /** Decodes code streams, for example in a decoder pool. Default: in this thread. */
  readonly decode?: DecodeCodeStream | undefined
  /**
   * Returns the shared attributes of the other originals of the series. It is called if an export has another value of
   * an attribute that AHI keeps once, and the other file is not an export.
   */
  readonly companions?: ((original: Side, series: OpenedPart10) => Promise<readonly Scope[]>) | undefined
  readonly signal?: AbortSignal | undefined
}

/** The result of comparing two instances. */
export interface InstanceComparison {
  /** The file that counts as the export. */
  readonly output: Side
  /** Differences without an explanation. */
  readonly differences: readonly Difference[]
  /** Differences that are normalisations of AHI. */
  readonly normalised: readonly Difference[]
  readonly pixels: PixelOutcome
  /** Why the pixels were not compared. */
  readonly notCompared?: string | undefined
}

/** A comparison in progress. */
interface Comparison {
  readonly findings: Findings
  readonly original: OpenedPart10
  readonly output: OpenedPart10
  readonly scopes: ScopePair
  readonly options: CompareOptions
}

/**
 * Compares two DICOM files attribute by attribute and pixel by pixel. It holds one frame of each at a time.
 *
 * @throws {UnreadableFileError} if one of them cannot be read
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { bytesInMemory } from '@ahi-dicom/dicom-standard/reader'
 * import { compareInstances } from '@ahi-dicom/dicom-diff'
 *
 * const [a, b] = [await readFile('CT0001.dcm'), await readFile('CT0002.dcm')]
 * const { differences } = await compareInstances(bytesInMemory(a), bytesInMemory(b))
 * console.log(differences.length > 0) // true
 */
export async function compareInstances(
  a: ByteSource,
  b: ByteSource,
  options: CompareOptions = {},
): Promise<InstanceComparison> {
  const files = { a: await openPart10(a), b: await openPart10(b) }
  const output = options.output ?? (isExported(files.a) && !isExported(files.b) ? 'a' : 'b')
  const comparison = begin(files, output, options)
  const { findings } = comparison
  compareFileMeta(findings, comparison)
  compareDataSets(findings, comparison.scopes)
  for (const place of findings.left) await compareLeft(comparison, place)
  const pixels = await pixelsOf(files, options)
  const all = [
    ...findings.differences,
    ...(await answered(comparison, pixels)),
    ...pixelDifferences(findings, files, pixels),
  ]
  return {
    output,
    differences: all.filter(({ normalisation }) => normalisation === undefined),
    normalised: all.filter(({ normalisation }) => normalisation !== undefined),
    pixels: pixels.outcome,
    notCompared: pixels.reason,
  }
}

function begin(files: Readonly<Record<Side, OpenedPart10>>, outputSide: Side, options: CompareOptions): Comparison {
  const { showValues = false } = options
  const original = files[otherSide(outputSide)]
  const output = files[outputSide]
  const findings: Findings = { output: outputSide, showValues, differences: [], questions: [], left: [] }
  return {
    findings,
    original,
    output,
    scopes: { original: scopeOfFile(original), output: scopeOfFile(output) },
    options,
  }
}

/** Returns the scope of the data set of a file. */
function scopeOfFile({ dataSet, encoding }: OpenedPart10): Scope {
  return scopeOf(dataSet, { characterSet: [''], isExplicit: encoding.isExplicit })
}

function isExported({ fileMeta }: OpenedPart10): boolean {
  return plainText(fileMeta.get(tags.implementationClassUid)) === implementationClassUid
}

/** Compares values that were left in their files. */
async function compareLeft({ findings, original, output, scopes }: Comparison, place: Place): Promise<void> {
  if (place.original === undefined || place.output === undefined) return
  const vr = comparedVr({ original: place.original, output: place.output })
  const isSame =
    valueRepresentation(vr)?.kind === 'text'
      ? isSameText(await loaded(place.original, original), await loaded(place.output, output), vr, scopes)
      : await areSameBytes(placed(place.original, original, vr), placed(place.output, output, vr))
  if (!isSame) findings.differences.push(describeDifference(findings, place, { difference: 'value' }, scopes))
}

function isSameText(original: FileElement, output: FileElement, vr: string, scopes: ScopePair): boolean {
  const expected = canonicalValue(original, vr, scopes.original)
  return isSameValue(expected.values, canonicalValue(output, vr, scopes.output).values)
}

async function loaded(element: FileElement, { source }: OpenedPart10): Promise<FileElement> {
  const { place } = element
  return place === undefined ? element : { ...element, value: await source.read(place.offset, place.byteLength) }
}

function placed({ value, place, isBigEndian }: FileElement, { source }: OpenedPart10, vr: string): PlacedBytes {
  const swappedUnit = isBigEndian ? valueRepresentation(vr)?.unit : undefined
  if (place !== undefined) return { source, ranges: [place], swappedUnit }
  return { source: bytesInMemory(value), ranges: [{ offset: 0, byteLength: value.byteLength }], swappedUnit }
}

async function pixelsOf(
  files: Readonly<Record<Side, OpenedPart10>>,
  { decode, tolerance, signal }: CompareOptions,
): Promise<PixelComparison> {
  const tag = pixelTags.find((candidate) => hasPixels(files.a, candidate) && hasPixels(files.b, candidate))
  if (tag === undefined) return { outcome: 'none', problems: [] }
  const [a, b] = [pixelFile(files.a, decode), pixelFile(files.b, decode)]
  if (tag === tags.pixelData && a !== undefined && b !== undefined) {
    return await comparePixels({ a, b }, { tolerance, signal })
  }
  if (await areSameBytes(wholePixels(files.a, tag), wholePixels(files.b, tag)))
    return { outcome: 'equal', problems: [] }
  return { outcome: 'different', problems: [{ difference: 'pixels', detail: 'other bytes' }] }
}

function hasPixels({ dataSet }: OpenedPart10, tag: number): boolean {
  const element = dataSet.get(tag)
  return element !== undefined && (element.fragmentPlaces !== undefined || (element.place?.byteLength ?? 0) > 0)
}

function pixelFile(file: OpenedPart10, decode: CompareOptions['decode']): PixelFile | undefined {
  const image = readImage(file.dataSet)
  return image === undefined ? undefined : { ...file, image, decode }
}

/** Returns the range of pixel data without a description, or of floating-point pixels. */
function wholePixels({ dataSet, source }: OpenedPart10, tag: number): PlacedBytes {
  const { place, fragmentPlaces = [], isBigEndian = false, vr = 'OB' } = dataSet.get(tag) ?? {}
  const swappedUnit = isBigEndian ? valueRepresentation(vr)?.unit : undefined
  return { source, ranges: place === undefined ? fragmentPlaces.slice(1) : [place], swappedUnit }
}

/** Resolves the open differences by pixels and by other instances. */
async function answered(comparison: Comparison, pixels: PixelComparison): Promise<Difference[]> {
  const { findings } = comparison
  const evidence: PixelEvidence = {
    pixels,
    header: pixels.headers?.[otherSide(findings.output)],
    outputHeader: pixels.headers?.[findings.output],
    isOutputEncapsulated: comparison.output.dataSet.get(tags.pixelData)?.fragmentPlaces !== undefined,
  }
  const differences: Difference[] = []
  for (const question of findings.questions) {
    const normalisation = explainByPixels(question, evidence) ?? (await explainByCompanions(comparison, question))
    differences.push({ ...question.difference, ...(normalisation !== undefined && { normalisation }) })
  }
  return differences
}

/**
 * Returns `one-value` if the export has the value of another instance of the series, for an attribute that an image set
 * keeps once.
 */
async function explainByCompanions(
  { findings, original, scopes, options }: Comparison,
  { place }: OpenQuestion,
): Promise<NormalisationId | undefined> {
  if (!isShared(place.tag) || options.companions === undefined) return undefined
  // If both files may be the export, a value that was changed in one looks like one of the originals.
  if (options.output === undefined && isExported(original)) return undefined
  const companions = await options.companions(otherSide(findings.output), original)
  const isOfOne = companions.some((companion) => agreeIn(place.tag, { original: companion, output: scopes.output }))
  return isOfOne ? 'one-value' : undefined
}

function pixelDifferences(
  findings: Findings,
  files: Readonly<Record<Side, OpenedPart10>>,
  { problems, hasSignBits = false }: PixelComparison,
): Difference[] {
  const [original, output] = findings.output === 'b' ? [files.a, files.b] : [files.b, files.a]
  const tag = pixelTags.find((candidate) => original.dataSet.has(candidate)) ?? tags.pixelData
  const place: Place = { tag, path: '', original: original.dataSet.get(tag), output: output.dataSet.get(tag) }
  return [
    ...problems.map((problem) => describeDifference(findings, place, problem)),
    ...(hasSignBits ? [describeDifference(findings, place, { difference: 'pixels', normalisation: 'sign-bits' })] : []),
  ]
}
