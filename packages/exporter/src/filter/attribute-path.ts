import type { AttributeMap, ImageSetInstance, JsonValue } from '@ahi-dicom/ahi-metadata'
import { formatTag, parseTag } from '@ahi-dicom/dicom-standard'
import { lookUpKeyword, lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'

/** An attribute of a document, at the end of a path through sequences. */
export interface AttributePath {
  /** Keywords, or tags of attributes without one, joined by dots. */
  readonly name: string
  /** VR of the last attribute; undefined if the dictionary does not know it. */
  readonly vr: string | undefined
  readonly steps: readonly AttributeStep[]
}

interface AttributeStep {
  readonly name: string
  /** `GGGGEEEE`. */
  readonly tag: string
}

/** One value of an attribute, and its VR as far as dictionary or document tell. */
export interface AttributeValue {
  readonly value: JsonValue
  readonly vr: string | undefined
}

/** Returns the path of `Keyword`, `GGGGEEEE` or `Sequence.Keyword`, or the part of the text that is no attribute. */
export function parseAttributePath(text: string): AttributePath | { readonly unknown: string } {
  const steps: AttributeStep[] = []
  let vr: string | undefined
  for (const part of text.split('.')) {
    const entry = lookUpKeyword(part)
    const tag = entry?.tag ?? parseTag(part)
    if (tag === undefined) return { unknown: part }
    const known = entry ?? lookUpTag(tag)
    vr = known?.vr
    const keyword = known?.keyword ?? ''
    const isRepeated = keyword !== '' && lookUpKeyword(keyword)?.tag !== tag
    steps.push({ name: keyword === '' || isRepeated ? formatTag(tag) : keyword, tag: formatTag(tag) })
  }
  return { name: steps.map(({ name }) => name).join('.'), vr, steps }
}

/** Returns the values that an instance has of an attribute, at all levels of the document and in all items. */
export function attributeValues(path: AttributePath, entry: ImageSetInstance): readonly AttributeValue[] {
  const { patient, study, series, instance } = entry
  const last = path.steps.at(-1)
  const vr = path.vr ?? instance.DICOMVRs[last?.tag ?? '']
  let values: readonly JsonValue[] = [patient, study, series, instance.DICOM]
  for (const step of path.steps) values = values.flatMap((value) => stepValues(value, step))
  return values.map((value) => ({ value, vr }))
}

function stepValues(value: JsonValue, { name, tag }: AttributeStep): readonly JsonValue[] {
  if (!isItem(value)) return []
  const held = Object.hasOwn(value, name) ? value[name] : value[tag]
  if (held === undefined) return []
  return (Array.isArray(held) ? held : [held]).filter(
    (one) => one !== null && !(typeof one === 'string' && one.trim() === ''),
  )
}

function isItem(value: JsonValue): value is AttributeMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
