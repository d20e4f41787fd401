import { isPrivate, isPrivateCreator, valueRepresentation } from '@ahi-dicom/dicom-standard'
import { lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import type { DataSet, FileElement } from '@ahi-dicom/dicom-standard/reader'
import type { NormalisationId } from '../normalisations.ts'
import type { Scope, ScopePair } from './scope.ts'

/** Longest value of a VR with a 16-bit length. */
const longestShortValue = 0xfffe

/** An element of the original and of the export. */
export interface ElementPair {
  readonly original: FileElement
  readonly output: FileElement
}

/** Returns the VRs of a dictionary entry such as `US or SS`. */
export function choicesOf(vr: string): readonly string[] {
  return vr.split(' or ')
}

/**
 * Returns the VR to compare both values in. If the export has several VRs from the dictionary, the VR of the original
 * decides.
 */
export function comparedVr({ original, output }: ElementPair): string {
  const [first = output.vr, ...others] = choicesOf(output.vr)
  if (others.length === 0) return output.vr
  return choicesOf(output.vr).find((choice) => choice === original.vr) ?? first
}

/**
 * Compares the VR of an export with the VR of its original. Returns `same`, `other`, or the normalisation that explains
 * the difference.
 */
export function compareVrs(
  pair: ElementPair,
  scopes: ScopePair,
  vrsOfTag: () => ReadonlySet<string>,
): 'same' | 'other' | NormalisationId {
  const { original, output } = pair
  const choices = choicesOf(original.vr)
  if (choicesOf(output.vr).some((choice) => choices.includes(choice))) return 'same'
  if (isUnnamed(original, scopes.original) || isUnnamed(output, scopes.output)) return 'same'
  const { tag } = original
  if (isPrivateCreator(tag) && output.vr === 'LO') return 'creator-vr'
  if (!isPrivate(tag) && choicesOf(lookUpTag(tag)?.vr ?? '').includes(output.vr)) return 'public-vr'
  if (isPrivate(tag) && vrsOfTag().size > 1) return 'private-vr'
  if (output.vr !== 'UN') return 'other'
  if (choices.every((vr) => lengthOf(original) % (valueRepresentation(vr)?.unit ?? 1) !== 0)) return 'unfit-vr'
  const isShort = choices.every((vr) => valueRepresentation(vr)?.longLength === false)
  return isShort && lengthOf(original) > longestShortValue ? 'long-vr' : 'other'
}

/** Returns all VRs of a tag in a data set, at any depth. */
export function vrsOf(tag: number, dataSet: DataSet): ReadonlySet<string> {
  const found = new Set<string>()
  const search = (current: DataSet): void => {
    for (const element of current.values()) {
      if (element.tag === tag) found.add(element.vr)
      for (const item of element.items ?? []) search(item)
    }
  }
  search(dataSet)
  return found
}

/** Returns true if the VR is unknown: implicit VR has no VRs for private elements. */
function isUnnamed({ tag, vr }: FileElement, { isExplicit }: Scope): boolean {
  return !isExplicit && vr === 'UN' && isPrivate(tag)
}

function lengthOf({ value, place }: FileElement): number {
  return place?.byteLength ?? value.byteLength
}
