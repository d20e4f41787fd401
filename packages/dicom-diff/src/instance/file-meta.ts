import { tags } from '@ahi-dicom/dicom-standard'
import { plainText, type OpenedPart10 } from '@ahi-dicom/dicom-standard/reader'
import { describeDifference, type Findings, type Place } from '../attributes/findings.ts'
import { scopeOf, type ScopePair } from '../attributes/scope.ts'
import { canonicalValue, isSameValue } from '../attributes/values.ts'

/** Attributes of group 0002 that repeat attributes of the data set, with the repeated ones. */
const repeating: ReadonlyMap<number, number> = new Map([
  [tags.mediaStorageSopClassUid, tags.sopClassUid],
  [tags.mediaStorageSopInstanceUid, tags.sopInstanceUid],
])

/** Compares group 0002. An export generates it, so only its agreement with the data set counts. */
export function compareFileMeta(
  findings: Findings,
  { original, output }: { readonly original: OpenedPart10; readonly output: OpenedPart10 },
): void {
  const surroundings = { characterSet: [''], isExplicit: true }
  const scopes = {
    original: scopeOf(original.fileMeta, surroundings),
    output: scopeOf(output.fileMeta, surroundings),
  }
  for (const tag of new Set([...original.fileMeta.keys(), ...output.fileMeta.keys()])) {
    const place: Place = { tag, path: '', original: original.fileMeta.get(tag), output: output.fileMeta.get(tag) }
    if (isSameElement(place, scopes)) continue
    const difference = place.original === undefined || place.output === undefined ? 'absent' : 'value'
    const normalisation = isWrong(tag, output) && !isWrong(tag, original) ? undefined : 'file-meta'
    findings.differences.push(describeDifference(findings, place, { difference, normalisation }, scopes))
  }
}

function isSameElement({ original, output }: Place, scopes: ScopePair): boolean {
  if (original === undefined || output === undefined || original.vr !== output.vr) return false
  const { vr } = output
  return isSameValue(
    canonicalValue(original, vr, scopes.original).values,
    canonicalValue(output, vr, scopes.output).values,
  )
}

function isWrong(tag: number, { fileMeta, dataSet }: OpenedPart10): boolean {
  const repeated = repeating.get(tag)
  return repeated !== undefined && plainText(fileMeta.get(tag)) !== plainText(dataSet.get(repeated))
}
