import type { InstanceData } from '../src/page/page-data.ts'
import { readInstances, type Series } from './data-blocks.ts'

/** A series that a search found. */
export interface FoundSeries {
  readonly series: Series
  /** Instances that contain the text. Undefined if the series itself contains it: all instances are then shown. */
  readonly instances: readonly InstanceData[] | undefined
}

/** Returns the series that contain a text: in their attributes, their instances or their files. */
export function findSeries(all: readonly Series[], text: string): readonly FoundSeries[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return all.map((series) => ({ series, instances: undefined }))
  const inJson = jsonForm(wanted)
  return all.flatMap((series): FoundSeries[] => {
    if (ownTexts(series).some((own) => own.toLowerCase().includes(wanted))) return [{ series, instances: undefined }]
    // Series whose JSON does not contain the text are not parsed.
    if (!series.instancesText().toLowerCase().includes(inJson)) return []
    const instances = readInstances(series).filter((instance) => hasText(instance, wanted))
    return instances.length === 0 ? [] : [{ series, instances }]
  })
}

function ownTexts({ study, series, modality, description, ofStudy, ofSeries }: Series): readonly string[] {
  return [study, series, modality, description, ...[...ofStudy, ...ofSeries].map(([, value]) => value)]
}

function hasText([sop, , checksum, files]: InstanceData, wanted: string): boolean {
  const texts = [sop, checksum, ...files.flatMap(([, path, format, , sha256]) => [path, format, sha256])]
  return texts.some((text) => text.toLowerCase().includes(wanted))
}

/** Returns a text escaped like the JSON of the page. */
function jsonForm(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1)
  return escaped.replace(/[<>&\u007f-\u009f\u2028\u2029]/gu, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
