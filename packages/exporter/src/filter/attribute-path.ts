import type { AttributeMap, ImageSetInstance, JsonValue } from '@ahi-dicom/ahi-metadata'
import { formatTag, parseTag } from '@ahi-dicom/dicom-standard'
import { lookUpKeyword, lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { parsePrivateAttribute, privateAttributeName, privateTag, type PrivateAttribute } from './private-attribute.ts'

/** The path to an attribute in a document, through sequences. */
export interface AttributePath {
  /** Keywords joined by dots. Attributes without a keyword are named by their tag. */
  readonly name: string
  /** The VR of the last attribute. Undefined if the dictionary does not list it. */
  readonly vr: string | undefined
  /**
   * The value multiplicity of the last attribute as printed in PS3.6. Undefined if the dictionary does not list it.
   */
  readonly vm: string | undefined
  readonly steps: readonly AttributeStep[]
}

type AttributeStep = PublicStep | PrivateStep

interface PublicStep {
  readonly name: string
  /** `GGGGEEEE`. */
  readonly tag: string
}

/** A private attribute by its creator. Each data set may place its block elsewhere. */
interface PrivateStep {
  readonly name: string
  readonly attribute: PrivateAttribute
}

/** One value of an attribute, with its VR if the dictionary or the document tells it. */
export interface AttributeValue {
  readonly value: JsonValue
  readonly vr: string | undefined
}

/**
 * Matches one part of a path: text up to a dot. In brackets, dots and commas are ordinary characters. Text with an
 * unclosed bracket does not match.
 */
const pathPart = /((?:\((?:[^")]|"[^"]*")*\)|[^.])*)(?:\.|$)/gy

/**
 * Parses `Keyword`, `GGGGEEEE`, `(GGGG,xxEE,CREATOR)` or `Sequence.Keyword`. Returns the path, or the part of the text
 * that is not an attribute.
 */
export function parseAttributePath(text: string): AttributePath | { readonly unknown: string } {
  const steps: AttributeStep[] = []
  let known: { readonly vr: string; readonly vm: string } | undefined
  for (const part of partsOf(text)) {
    const attribute = parsePrivateAttribute(part)
    if (attribute !== undefined) {
      steps.push({ name: privateAttributeName(attribute), attribute })
      known = undefined
      continue
    }
    const entry = lookUpKeyword(part)
    const tag = entry?.tag ?? parseTag(part)
    if (tag === undefined) return { unknown: part }
    const found = entry ?? lookUpTag(tag)
    known = found
    const keyword = found?.keyword ?? ''
    const isRepeated = keyword !== '' && lookUpKeyword(keyword)?.tag !== tag
    steps.push({ name: keyword === '' || isRepeated ? formatTag(tag) : keyword, tag: formatTag(tag) })
  }
  return { name: steps.map(({ name }) => name).join('.'), vr: known?.vr, vm: known?.vm, steps }
}

function partsOf(text: string): readonly string[] {
  const parts: string[] = []
  for (const [whole, part = ''] of text.matchAll(pathPart)) {
    parts.push(part)
    if (!whole.endsWith('.')) break
  }
  return parts
}

/** The values of an attribute in an instance. */
export interface HeldAttribute {
  /** The values in order. Empty elements have none. `null` or an empty text stands for an empty value among others. */
  readonly values: readonly JsonValue[]
  /** The VR, if the dictionary or the document tells it. */
  readonly vr: string | undefined
}

/**
 * Returns the values of an attribute in all items. They come from the first level of the document that has it, in the
 * order patient, study, series, instance. Returns undefined if the attribute is absent.
 */
export function heldAttribute(path: AttributePath, entry: ImageSetInstance): HeldAttribute | undefined {
  for (const level of levelsOf(entry)) {
    const found = findIn([level], path)
    if (found.length === 0) continue
    const values = found.flatMap(({ value }) => (Array.isArray(value) ? value : value === '' ? [] : (value ?? [])))
    return { values, vr: path.vr ?? entry.instance.DICOMVRs[found[0]?.tag ?? ''] }
  }
  return undefined
}

/** Returns the values of an attribute at all levels of the document and in all items. */
export function attributeValues(path: AttributePath, entry: ImageSetInstance): readonly AttributeValue[] {
  return findIn(levelsOf(entry), path).flatMap(({ value, tag }) => {
    const vr = path.vr ?? entry.instance.DICOMVRs[tag]
    return valuesOf(value).map((one) => ({ value: one, vr }))
  })
}

function levelsOf({ patient, study, series, instance }: ImageSetInstance): readonly AttributeMap[] {
  return [patient, study, series, instance.DICOM]
}

/** An element in the document's form, with its tag. */
interface FoundElement {
  readonly value: JsonValue
  readonly tag: string
}

function findIn(dataSets: readonly JsonValue[], { steps }: AttributePath): readonly FoundElement[] {
  let found: readonly FoundElement[] = []
  let searched = dataSets
  for (const step of steps) {
    found = searched.flatMap((dataSet) => elementOf(dataSet, step) ?? [])
    searched = found.flatMap(({ value }) => valuesOf(value))
  }
  return found
}

function elementOf(dataSet: JsonValue, step: AttributeStep): FoundElement | undefined {
  if (!isItem(dataSet)) return undefined
  const tag = 'attribute' in step ? privateTag(step.attribute, dataSet) : step.tag
  if (tag === undefined) return undefined
  const value = Object.hasOwn(dataSet, step.name) ? dataSet[step.name] : dataSet[tag]
  return value === undefined ? undefined : { value, tag }
}

/** Returns the values of an element that are not empty. */
function valuesOf(value: JsonValue): readonly JsonValue[] {
  return (Array.isArray(value) ? value : [value]).filter(
    (one) => one !== null && !(typeof one === 'string' && one.trim() === ''),
  )
}

function isItem(value: JsonValue): value is AttributeMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
