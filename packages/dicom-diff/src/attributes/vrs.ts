import { isPrivate, isPrivateCreator, valueRepresentation } from '@ahi-dicom/dicom-standard'
import { lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import type { DataSet, FileElement } from '@ahi-dicom/dicom-standard/reader'
import type { NormalisationId } from '../normalisations.ts'
import type { Scope, ScopePair } from './scope.ts'

/** The longest value of a VR whose length has 16 bits. */
const longestShortValue = 0xfffe

/** An element of both files, the original first. */
export interface ElementPair {
  readonly original: FileElement
  readonly output: FileElement
}

/** Returns the VRs that a VR of the dictionary stands for, such as `US or SS`. */
export function choicesOf(vr: string): readonly string[] {
  return vr.split(' or ')
}

/** Returns the VR by which the values of both are compared: of several that the dictionary leaves open, what one says. */
export function comparedVr({ original, output }: ElementPair): string {
  const [first = output.vr, ...others] = choicesOf(output.vr)
  if (others.length === 0) return output.vr
  return choicesOf(output.vr).find((choice) => choice === original.vr) ?? first
}

/** How the VR of an output relates to that of its original: the same, another, or another for a reason. */
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

/** Returns every VR with which a tag comes in a data set, at any depth. */
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

/** Implicit VR has no VR of a private element. */
function isUnnamed({ tag, vr }: FileElement, { isExplicit }: Scope): boolean {
  return !isExplicit && vr === 'UN' && isPrivate(tag)
}

function lengthOf({ value, place }: FileElement): number {
  return place?.byteLength ?? value.byteLength
}
